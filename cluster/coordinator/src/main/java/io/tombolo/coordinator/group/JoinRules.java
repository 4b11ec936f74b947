package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupCommand.Join;
import io.tombolo.coordinator.group.Member.Protocol;
import io.tombolo.coordinator.group.Member.Timeouts;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;

import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What happens when somebody wants to be a member: JoinGroup. */
final class JoinRules {

    /** A new member whose JoinGroup waits longer than this is given up; it is meant to retry. */
    private static final int NEW_MEMBER_WAIT_MS = 300_000;

    /** From this version on a dynamic member must come back with the id it was given. */
    static final int VERSION_ID_REQUIRED = 4;

    /** From this version on a leader can be told not to assign again. */
    private static final int VERSION_SKIP_ASSIGNMENT = 9;

    private final Rebalance rebalance;
    private final ClassicSpeakers speakers;
    private final GroupSettings.Membership limits;

    JoinRules(Rebalance rebalance, ClassicSpeakers speakers, GroupSettings.Membership limits) {
        this.rebalance = rebalance;
        this.speakers = speakers;
        this.limits = limits;
    }

    void join(Draft draft, Join join) {
        String memberId = join.request().memberId();
        ConsumerGroup consumers = draft.consumer(join.request().groupId());
        if (consumers != null && consumers.isEmpty()) {
            draft.remove(consumers);
        } else if (consumers != null && !speakers.goesClassic(draft, consumers, join)) {
            speakers.join(draft, consumers, join);
            return;
        }
        ClassicGroup group = draft.group(join.request().groupId());
        if (group == null && !memberId.isEmpty()) {
            refuse(draft, join, memberId, Errors.UNKNOWN_MEMBER_ID);
            return;
        }
        if (group == null) {
            group = ClassicGroup.empty(join.request().groupId());
        }
        if (!group.accepts(memberId, limits.membersMax())) {
            turnAway(draft, join, group);
        } else if (outgrows(group, join)) {
            refuse(draft, join, memberId, Errors.GROUP_MAX_SIZE_REACHED);
        } else if (!group.supports(join.request().protocolType(), protocols(join.request()))) {
            refuse(draft, join, memberId, Errors.INCONSISTENT_GROUP_PROTOCOL);
        } else if (memberId.isEmpty()) {
            joinAnew(draft, join, group);
        } else if (group.pending().joins().contains(memberId)) {
            joinWithNewId(draft, join, group);
        } else {
            joinAgain(draft, join, group);
        }
    }

    /** Whether the group would be too large a record for the log if the member got its way. */
    private boolean outgrows(ClassicGroup group, Join join) {
        String memberId = join.request().memberId();
        String instanceId = join.request().groupInstanceId();
        String holder = instanceId == null ? null : group.roster().idOf(instanceId);
        Member before = group.roster().get(holder == null ? memberId : holder);
        int bytes = newcomer(join, memberId).recordBytes();
        int bytesBefore = before == null ? 0 : before.recordBytes() - before.assignment().length;
        return bytes > bytesBefore
                && group.roster().recordBytes() + bytes - bytesBefore > limits.recordBytesMax();
    }

    private static Member newcomer(Join join, String memberId) {
        return new Member(
                memberId,
                join.request().groupInstanceId(),
                join.origin(),
                timeouts(join.request()),
                protocols(join.request()),
                Member.NOTHING,
                true,
                join.ticket(),
                null);
    }

    private void turnAway(Draft draft, Join join, ClassicGroup group) {
        String memberId = join.request().memberId();
        if (group.roster().has(memberId) || group.pending().joins().contains(memberId)) {
            draft.cancel(GroupAlarm.session(group.id(), memberId));
            draft.put(group.without(memberId));
        }
        refuse(draft, join, "", Errors.GROUP_MAX_SIZE_REACHED);
    }

    private void joinAnew(Draft draft, Join join, ClassicGroup group) {
        String instanceId = join.request().groupInstanceId();
        if (instanceId != null) {
            String holder = group.roster().idOf(instanceId);
            Member old = holder == null ? null : group.roster().get(holder);
            if (old == null) {
                add(draft, join, group, join.newMemberId());
            } else {
                replace(draft, join, group, old);
            }
        } else if (join.version() >= VERSION_ID_REQUIRED) {
            var pending = group.pending();
            draft.put(group.with(pending.withJoins(pending.joins().plus(join.newMemberId()))));
            draft.alarmIn(
                    GroupAlarm.session(group.id(), join.newMemberId()),
                    join.request().sessionTimeoutMs());
            refuse(draft, join, join.newMemberId(), Errors.MEMBER_ID_REQUIRED);
        } else {
            add(draft, join, group, join.newMemberId());
        }
    }

    private void joinWithNewId(Draft draft, Join join, ClassicGroup group) {
        String memberId = join.request().memberId();
        if (join.request().groupInstanceId() != null) {
            // Ids are only handed out to dynamic members.
            refuse(draft, join, memberId, Errors.UNKNOWN_MEMBER_ID);
        } else {
            add(draft, join, group, memberId);
        }
    }

    private void add(Draft draft, Join join, ClassicGroup group, String memberId) {
        Member member = newcomer(join, memberId);
        ClassicGroup grown = group.added(member, join.request().protocolType());
        if (grown.is(GroupState.PREPARING_REBALANCE) && grown.pending().initialRebalance()) {
            grown = grown.with(grown.pending().withMemberAdded());
        }
        draft.put(grown);
        // It cannot heartbeat before it knows its id, and the connection of a waiting request
        // shows no sign of death: without this a client that retries would leave a trail of
        // members behind.
        draft.alarmIn(GroupAlarm.session(grown.id(), memberId), NEW_MEMBER_WAIT_MS);
        rebalance.begin(draft, grown, "member " + memberId + " joined" + reason(join));
    }

    private void joinAgain(Draft draft, Join join, ClassicGroup group) {
        String memberId = join.request().memberId();
        Errors error = group.checkMember(memberId, join.request().groupInstanceId());
        Member member = group.roster().get(memberId);
        if (error != Errors.NONE || member == null) {
            refuse(draft, join, memberId, error == Errors.NONE ? Errors.UNKNOWN_MEMBER_ID : error);
            return;
        }
        boolean unchanged = member.sameProtocols(protocols(join.request()));
        boolean leader = group.generation().leads(memberId);
        boolean again =
                switch (group.state()) {
                    case EMPTY, PREPARING_REBALANCE -> true;
                    case COMPLETING_REBALANCE -> !unchanged;
                    // A leader joins again when what is to be assigned has changed.
                    case STABLE -> leader || !unchanged;
                };
        if (again) {
            ClassicGroup waiting = await(draft, join, group, member);
            rebalance.begin(draft, waiting, "member " + memberId + " joined again" + reason(join));
        } else {
            // It may have missed the answer: it stands in the current generation.
            boolean assigns = leader && group.is(GroupState.COMPLETING_REBALANCE);
            draft.answer(join.ticket(), Responses.joined(group, memberId, assigns));
        }
    }

    private ClassicGroup await(Draft draft, Join join, ClassicGroup group, Member member) {
        draft.answer(
                member.join(), Responses.joinRefused(member.id(), Errors.REBALANCE_IN_PROGRESS));
        return draft.put(
                group.with(
                        member.joining(
                                protocols(join.request()),
                                timeouts(join.request()),
                                join.ticket())));
    }

    /** A static member has restarted: it takes the place, and the old id is fenced. */
    private void replace(Draft draft, Join join, ClassicGroup group, Member old) {
        draft.answer(old.join(), Responses.joinRefused(old.id(), Errors.FENCED_INSTANCE_ID));
        draft.answer(old.sync(), Responses.syncRefused(Errors.FENCED_INSTANCE_ID));
        draft.cancel(GroupAlarm.session(group.id(), old.id()));
        ClassicGroup renamed = group.renamed(old, join.newMemberId());
        Member member =
                old.renamed(join.newMemberId())
                        .joining(
                                protocols(join.request()), timeouts(join.request()), join.ticket());
        renamed = draft.put(renamed.with(member));
        draft.restartSession(renamed, member);
        String why = "static member " + join.request().groupInstanceId() + " came back";
        String elected = renamed.roster().elected();
        if (renamed.is(GroupState.STABLE)
                && elected != null
                && elected.equals(renamed.generation().protocol())) {
            keepGeneration(draft, join, group, renamed, member);
        } else {
            // In the middle of a rebalance the leader may have assigned to the old id already.
            rebalance.begin(draft, renamed, why + reason(join));
        }
    }

    private static void keepGeneration(
            Draft draft, Join join, ClassicGroup before, ClassicGroup renamed, Member member) {
        ClassicGroup stored = draft.store(renamed.with(member.answeredInGeneration()));
        boolean leader = stored.generation().leads(member.id());
        JoinGroupResponseData response;
        if (join.version() >= VERSION_SKIP_ASSIGNMENT) {
            response = Responses.joined(stored, member.id(), leader).setSkipAssignment(leader);
        } else {
            // An old client would assign again if it heard that it leads: it is shown its old id.
            String shownLeader = before.generation().leaderId();
            response =
                    Responses.joined(stored, member.id(), false)
                            .setLeader(shownLeader == null ? "" : shownLeader);
        }
        draft.answer(join.ticket(), response);
    }

    private static void refuse(Draft draft, Join join, String memberId, Errors error) {
        draft.answer(join.ticket(), Responses.joinRefused(memberId, error));
    }

    static Timeouts timeouts(JoinGroupRequestData request) {
        int rebalanceMs = request.rebalanceTimeoutMs();
        return new Timeouts(
                request.sessionTimeoutMs(),
                rebalanceMs < 0 ? request.sessionTimeoutMs() : rebalanceMs);
    }

    static List<Protocol> protocols(JoinGroupRequestData request) {
        var names = new TreeSet<String>();
        var protocols = new ArrayList<Protocol>(request.protocols().size());
        for (var named : request.protocols()) {
            if (names.add(named.name())) {
                protocols.add(new Protocol(named.name(), named.metadata()));
            }
        }
        return protocols;
    }

    private static String reason(Join join) {
        @Nullable String reason = join.request().reason();
        return reason == null || reason.isEmpty() ? "" : ": " + reason;
    }
}
