package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.CommittedOffset;
import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupCommand.Committer;
import io.tombolo.coordinator.group.GroupCommand.PartitionCommit;
import io.tombolo.coordinator.group.GroupQueries;
import io.tombolo.coordinator.group.Responses;
import io.tombolo.coordinator.runtime.Reply;
import io.tombolo.environment.Clock;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * OffsetCommit and OffsetFetch in all versions. Every call comes from {@link Caller#loop} and is
 * answered there exactly once, perhaps before it returns. A commit is answered once it is
 * committed.
 */
public final class GroupOffsets {

    /** From this version on topics go by id. */
    private static final short VERSION_TOPIC_IDS = 10;

    /** From this version of OffsetFetch on an error of the group need not be said per partition. */
    private static final short VERSION_GROUP_ERROR = 2;

    private final Partitions partitions;
    private final TopicLookup topics;
    private final Clock clock;

    GroupOffsets(Partitions partitions, TopicLookup topics, Clock clock) {
        this.partitions = partitions;
        this.topics = topics;
        this.clock = clock;
    }

    // ---- OffsetCommit ----

    /** Keeps positions of a member, or of a consumer or administrator outside any membership. */
    public void commit(
            Caller caller,
            OffsetCommitRequestData request,
            Consumer<OffsetCommitResponseData> answer) {
        List<PartitionCommit> commits = resolve(caller, request);
        boolean anyKnown = commits.stream().anyMatch(commit -> commit.error() == Errors.NONE);
        if (!GroupMembership.isName(request.groupId())) {
            answer.accept(refused(commits, Errors.INVALID_GROUP_ID));
            return;
        }
        if (!anyKnown) {
            answer.accept(refused(commits, Errors.NONE));
            return;
        }
        var committer =
                new Committer(
                        request.groupId(),
                        request.generationIdOrMemberEpoch(),
                        request.memberId(),
                        request.groupInstanceId(),
                        caller.apiVersion());
        partitions.write(
                partitions.of(request.groupId()),
                caller.loop(),
                ticket -> new GroupCommand.Commit(committer, commits, ticket),
                Reply.of(answer, error -> refused(commits, error)));
    }

    private List<PartitionCommit> resolve(Caller caller, OffsetCommitRequestData request) {
        long nowMs = clock.wallTimeMs();
        long expireMs = request.retentionTimeMs() < 0 ? -1 : nowMs + request.retentionTimeMs();
        var commits = new ArrayList<PartitionCommit>();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            var known = TopicName.of(topics, caller, topic.name(), topic.topicId());
            for (OffsetCommitRequestPartition partition : topic.partitions()) {
                int index = partition.partitionIndex();
                String metadata = partition.committedMetadata();
                commits.add(
                        new PartitionCommit(
                                known.name(),
                                known.id(),
                                index,
                                new CommittedOffset(
                                        partition.committedOffset(),
                                        partition.committedLeaderEpoch(),
                                        metadata == null ? "" : metadata,
                                        nowMs,
                                        expireMs,
                                        known.id()),
                                known.errorOf(topics, index)));
            }
        }
        return commits;
    }

    /** Partitions that are wrong in themselves keep their own error. */
    private static OffsetCommitResponseData refused(List<PartitionCommit> commits, Errors error) {
        var results = new Responses.CommitResults();
        for (PartitionCommit commit : commits) {
            results.add(commit, commit.error() == Errors.NONE ? error : commit.error());
        }
        return results.response();
    }

    // ---- OffsetFetch ----

    /**
     * Positions of one group; the caller takes the groups of a request one by one and turns
     * versions before 8 into a request for one group.
     *
     * @param request its topics may be null: all topics that the group has positions in
     * @param requireStable waits for what is being committed
     */
    public void fetch(
            Caller caller,
            OffsetFetchRequestGroup request,
            boolean requireStable,
            Consumer<OffsetFetchResponseGroup> answer) {
        Errors error = request.groupId() == null ? Errors.INVALID_GROUP_ID : Errors.NONE;
        if (error != Errors.NONE) {
            answer.accept(refused(caller, request, error));
            return;
        }
        OffsetFetchRequestGroup named = named(caller, request);
        var reply =
                Reply.<OffsetFetchResponseGroup>of(
                        response -> answer.accept(shape(caller, request, response)),
                        refusal -> refused(caller, request, refusal));
        int partition = partitions.of(request.groupId());
        if (requireStable) {
            partitions.write(
                    partition,
                    caller.loop(),
                    ticket -> new GroupCommand.FetchStable(named, ticket),
                    reply);
        } else {
            partitions.read(
                    partition, caller.loop(), state -> GroupQueries.offsets(state, named), reply);
        }
    }

    /** The same request with name and id of each topic; those that do not exist are left out. */
    private OffsetFetchRequestGroup named(Caller caller, OffsetFetchRequestGroup request) {
        @Nullable List<OffsetFetchRequestTopics> wanted = request.topics();
        var named =
                new OffsetFetchRequestGroup()
                        .setGroupId(request.groupId())
                        .setMemberId(request.memberId())
                        .setMemberEpoch(request.memberEpoch());
        if (wanted == null) {
            return named.setTopics(null);
        }
        var known = new ArrayList<OffsetFetchRequestTopics>();
        for (OffsetFetchRequestTopics topic : wanted) {
            var name = TopicName.of(topics, caller, topic.name(), topic.topicId());
            if (!name.missingById()) {
                known.add(
                        new OffsetFetchRequestTopics()
                                .setName(name.name())
                                .setTopicId(name.id())
                                .setPartitionIndexes(topic.partitionIndexes()));
            }
        }
        return named.setTopics(known);
    }

    private OffsetFetchResponseGroup shape(
            Caller caller, OffsetFetchRequestGroup request, OffsetFetchResponseGroup response) {
        if (response.errorCode() != Errors.NONE.code() || caller.apiVersion() < VERSION_TOPIC_IDS) {
            return response;
        }
        var shaped = new ArrayList<OffsetFetchResponseTopics>();
        for (OffsetFetchResponseTopics topic : response.topics()) {
            // Of all topics, those that are gone have no id any more to be shown under.
            topics.idOf(topic.name()).ifPresent(id -> shaped.add(topic.setTopicId(id)));
        }
        if (request.topics() != null) {
            for (OffsetFetchRequestTopics topic : request.topics()) {
                if (topics.nameOf(topic.topicId()).isEmpty()) {
                    shaped.add(failed(topic, Errors.UNKNOWN_TOPIC_ID));
                }
            }
        }
        return response.setTopics(shaped);
    }

    private static OffsetFetchResponseGroup refused(
            Caller caller, OffsetFetchRequestGroup request, Errors error) {
        var response = new OffsetFetchResponseGroup().setGroupId(request.groupId());
        if (caller.apiVersion() >= VERSION_GROUP_ERROR) {
            return response.setErrorCode(error.code());
        }
        var failed = new ArrayList<OffsetFetchResponseTopics>();
        for (OffsetFetchRequestTopics topic : request.topics()) {
            failed.add(failed(topic, error));
        }
        return response.setErrorCode(error.code()).setTopics(failed);
    }

    private static OffsetFetchResponseTopics failed(OffsetFetchRequestTopics topic, Errors error) {
        var failed =
                new OffsetFetchResponseTopics().setName(topic.name()).setTopicId(topic.topicId());
        for (int index : topic.partitionIndexes()) {
            failed.partitions().add(GroupQueries.noPosition(index, error));
        }
        return failed;
    }

    /**
     * A topic as a request names it, by name or by id.
     *
     * @param id {@link Uuid#ZERO_UUID} when there is no such topic
     */
    record TopicName(String name, Uuid id, boolean byId) {

        static TopicName of(TopicLookup topics, Caller caller, String name, Uuid id) {
            return of(topics, caller.apiVersion() >= VERSION_TOPIC_IDS, name, id);
        }

        static TopicName of(TopicLookup topics, boolean byId, String name, Uuid id) {
            if (!byId) {
                return new TopicName(name, topics.idOf(name).orElse(Uuid.ZERO_UUID), false);
            }
            return new TopicName(topics.nameOf(id).orElse(""), id, true);
        }

        boolean missingById() {
            return byId && name.isEmpty();
        }

        Errors errorOf(TopicLookup topics, int partition) {
            if (missingById()) {
                return Errors.UNKNOWN_TOPIC_ID;
            }
            boolean exists = partition >= 0 && partition < topics.partitionCount(name);
            return exists ? Errors.NONE : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
    }
}
