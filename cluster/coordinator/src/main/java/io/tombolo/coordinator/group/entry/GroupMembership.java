package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupSettings;
import io.tombolo.coordinator.group.Responses;
import io.tombolo.coordinator.runtime.Reply;
import io.tombolo.environment.Entropy;

import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Consumer;

/**
 * JoinGroup, SyncGroup, Heartbeat and LeaveGroup in all versions. Every call comes from {@link
 * Caller#loop} and is answered there exactly once, perhaps before it returns; JoinGroup and
 * SyncGroup may take as long as the rebalance timeout. Requests are kept until then and must not
 * change.
 */
public final class GroupMembership {

    /**
     * Names longer than this are refused: stored names are limited to 32767 bytes, and one letter
     * takes up to three.
     */
    static final int NAME_LENGTH_MAX = 8192;

    /** Up to this version a request names one member only, and so does its response. */
    private static final short LEAVE_VERSION_SINGLE = 2;

    private final Partitions partitions;
    private final GroupSettings.Membership settings;
    private final Entropy entropy;
    private final TopicLookup topics;

    GroupMembership(Partitions partitions, GroupSettings.Membership settings, GroupPorts ports) {
        this.partitions = partitions;
        this.settings = settings;
        this.entropy = ports.entropy();
        this.topics = ports.topics();
    }

    /** Waits until the members of the next generation are gathered. */
    public void join(
            Caller caller, JoinGroupRequestData request, Consumer<JoinGroupResponseData> answer) {
        Consumer<JoinGroupResponseData> shaped = response -> answer.accept(shape(caller, response));
        Errors error = check(request);
        if (error != Errors.NONE) {
            shaped.accept(Responses.joinRefused(request.memberId(), error));
            return;
        }
        String clientId = clipped(caller.clientId());
        String instanceId = request.groupInstanceId();
        String newMemberId =
                (instanceId == null ? clientId : instanceId) + "-" + entropy.nextUuid();
        var origin = new GroupCommand.Origin(clientId, clipped(caller.clientHost()));
        partitions.write(
                partitions.of(request.groupId()),
                caller.loop(),
                ticket ->
                        new GroupCommand.Join(
                                request,
                                caller.apiVersion(),
                                origin,
                                newMemberId,
                                topics.now(),
                                ticket),
                Reply.of(shaped, refusal -> Responses.joinRefused(request.memberId(), refusal)));
    }

    private Errors check(JoinGroupRequestData request) {
        if (!isGroupId(request.groupId())) {
            return Errors.INVALID_GROUP_ID;
        }
        if (!settings.allowsSession(request.sessionTimeoutMs())) {
            return Errors.INVALID_SESSION_TIMEOUT;
        }
        boolean storable = isName(request.groupInstanceId()) && isName(request.protocolType());
        for (var protocol : request.protocols()) {
            storable &= isName(protocol.name());
        }
        return storable ? Errors.NONE : Errors.INVALID_REQUEST;
    }

    /** Old versions have no way to say that there is no protocol. */
    private static JoinGroupResponseData shape(Caller caller, JoinGroupResponseData response) {
        boolean nullable = caller.apiVersion() >= 7;
        return response.protocolName() == null && !nullable
                ? response.setProtocolName("")
                : response;
    }

    /** Waits until the leader has assigned; the leader's request is the assignment. */
    public void sync(
            Caller caller, SyncGroupRequestData request, Consumer<SyncGroupResponseData> answer) {
        boolean namesProtocol = request.protocolType() != null && request.protocolName() != null;
        Errors error = Errors.NONE;
        if (caller.apiVersion() >= 5 && !namesProtocol) {
            error = Errors.INCONSISTENT_GROUP_PROTOCOL;
        } else if (!isGroupId(request.groupId())) {
            error = Errors.INVALID_GROUP_ID;
        }
        if (error != Errors.NONE) {
            answer.accept(Responses.syncRefused(error));
            return;
        }
        partitions.write(
                partitions.of(request.groupId()),
                caller.loop(),
                ticket -> new GroupCommand.Sync(request, topics.now(), ticket),
                Reply.of(answer, Responses::syncRefused));
    }

    /** A sign of life; also how a member learns that it must join again. */
    public void heartbeat(
            Caller caller, HeartbeatRequestData request, Consumer<HeartbeatResponseData> answer) {
        if (!isGroupId(request.groupId())) {
            answer.accept(beat(Errors.INVALID_GROUP_ID));
            return;
        }
        partitions.write(
                partitions.of(request.groupId()),
                caller.loop(),
                ticket -> new GroupCommand.Beat(request, topics.now(), ticket),
                Reply.of(
                        answer,
                        error ->
                                // Members need not be troubled while their group is being loaded.
                                beat(
                                        error == Errors.COORDINATOR_LOAD_IN_PROGRESS
                                                ? Errors.NONE
                                                : error)));
    }

    private static HeartbeatResponseData beat(Errors error) {
        return new HeartbeatResponseData().setErrorCode(error.code());
    }

    /** Members go; the others are made to join again. */
    public void leave(
            Caller caller, LeaveGroupRequestData request, Consumer<LeaveGroupResponseData> answer) {
        Consumer<LeaveGroupResponseData> shaped =
                response -> answer.accept(shape(caller, response));
        if (!isGroupId(request.groupId())) {
            shaped.accept(
                    new LeaveGroupResponseData().setErrorCode(Errors.INVALID_GROUP_ID.code()));
            return;
        }
        List<MemberIdentity> members =
                caller.apiVersion() <= LEAVE_VERSION_SINGLE
                        ? List.of(new MemberIdentity().setMemberId(request.memberId()))
                        : request.members();
        partitions.write(
                partitions.of(request.groupId()),
                caller.loop(),
                ticket -> new GroupCommand.Leave(request.groupId(), members, ticket),
                Reply.of(shaped, error -> new LeaveGroupResponseData().setErrorCode(error.code())));
    }

    private static LeaveGroupResponseData shape(Caller caller, LeaveGroupResponseData response) {
        if (caller.apiVersion() > LEAVE_VERSION_SINGLE) {
            return response;
        }
        short error = response.errorCode();
        if (error == Errors.NONE.code() && !response.members().isEmpty()) {
            error = response.members().getFirst().errorCode();
        }
        return new LeaveGroupResponseData().setErrorCode(error);
    }

    /** Whether a group may be called so where members are concerned. */
    static boolean isGroupId(@Nullable String group) {
        return group != null && !group.isEmpty() && isName(group);
    }

    static boolean isName(@Nullable String name) {
        return name == null || name.length() <= NAME_LENGTH_MAX;
    }

    static String clipped(String text) {
        return text.length() <= NAME_LENGTH_MAX ? text : text.substring(0, NAME_LENGTH_MAX);
    }
}
