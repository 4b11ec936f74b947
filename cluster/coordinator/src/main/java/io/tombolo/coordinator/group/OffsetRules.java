package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupCommand.Commit;
import io.tombolo.coordinator.group.GroupCommand.CommitInTransaction;
import io.tombolo.coordinator.group.GroupCommand.CommitMirrored;
import io.tombolo.coordinator.group.GroupCommand.Committer;
import io.tombolo.coordinator.group.GroupCommand.DeleteGroup;
import io.tombolo.coordinator.group.GroupCommand.DeleteOffsets;
import io.tombolo.coordinator.group.GroupCommand.MirroredCommit;
import io.tombolo.coordinator.group.GroupCommand.PartitionCommit;
import io.tombolo.coordinator.group.GroupCommand.Stretch;
import io.tombolo.coordinator.group.PendingOffsets.Place;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;

import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartitionCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopicCollection;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.Collection;

/** Who may commit and delete offsets and groups, and what that writes. */
final class OffsetRules {

    /** From this version on a committer hears that its group does not exist. */
    private static final int VERSION_GROUP_NOT_FOUND = 9;

    /** From this version on committers know of the epochs of members. */
    private static final int VERSION_MEMBER_EPOCHS = 9;

    private final GroupSettings.Offsets settings;

    OffsetRules(GroupSettings.Offsets settings) {
        this.settings = settings;
    }

    // ---- OffsetCommit ----

    void commit(Draft draft, Commit commit) {
        Committer committer = commit.committer();
        ClassicGroup group = draft.group(committer.group());
        ConsumerGroup consumers = draft.consumer(committer.group());
        Errors refusal = consumers == null ? check(group, committer) : Errors.NONE;
        var results = new Responses.CommitResults();
        for (PartitionCommit partition : commit.partitions()) {
            Errors error =
                    judge(
                            partition,
                            consumers == null ? refusal : check(consumers, committer, partition));
            if (error == Errors.NONE) {
                store(draft, committer.group(), partition);
            }
            results.add(partition, error);
        }
        if (refusal == Errors.NONE && group != null) {
            keepSession(draft, group, committer);
        }
        draft.answer(commit.ticket(), results.response());
    }

    private Errors judge(PartitionCommit partition, Errors refusal) {
        if (partition.error() != Errors.NONE || refusal != Errors.NONE) {
            return partition.error() != Errors.NONE ? partition.error() : refusal;
        }
        boolean tooLong = partition.offset().metadata().length() > settings.metadataLengthMax();
        return tooLong ? Errors.OFFSET_METADATA_TOO_LARGE : Errors.NONE;
    }

    private static void store(Draft draft, String group, PartitionCommit partition) {
        if (!draft.state().exists(group)) {
            draft.put(ClassicGroup.empty(group));
        }
        draft.storeOffset(group, partition.topic(), partition.partition(), partition.offset());
    }

    private static Errors check(
            ConsumerGroup group, Committer committer, PartitionCommit partition) {
        Errors error =
                group.checkCommit(
                        committer.memberId(),
                        committer.generation(),
                        partition.topicId(),
                        partition.partition());
        // Older versions have no word for an epoch that is past.
        return error == Errors.STALE_MEMBER_EPOCH && committer.version() < VERSION_MEMBER_EPOCHS
                ? Errors.UNSUPPORTED_VERSION
                : error;
    }

    private static Errors check(@Nullable ClassicGroup group, Committer committer) {
        if (group == null) {
            if (committer.generation() < 0) {
                return Errors.NONE;
            }
            return committer.version() >= VERSION_GROUP_NOT_FOUND
                    ? Errors.GROUP_ID_NOT_FOUND
                    : Errors.ILLEGAL_GENERATION;
        }
        if (committer.generation() < 0 && group.is(GroupState.EMPTY)) {
            return Errors.NONE; // an administrator, or a consumer that manages itself
        }
        if (unnamed(committer)) {
            return group.is(GroupState.EMPTY) ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
        }
        Errors error = group.checkMember(committer.memberId(), committer.instanceId());
        if (error != Errors.NONE) {
            return error;
        }
        if (committer.generation() != group.generation().number()) {
            return Errors.ILLEGAL_GENERATION;
        }
        // The member knows its generation but not yet what is assigned to it in it.
        return group.is(GroupState.COMPLETING_REBALANCE)
                ? Errors.REBALANCE_IN_PROGRESS
                : Errors.NONE;
    }

    // ---- TxnOffsetCommit ----

    void commitInTransaction(Draft draft, CommitInTransaction commit) {
        String group = commit.committer().group();
        ConsumerGroup consumers = draft.consumer(group);
        Errors refusal =
                consumers == null
                        ? checkInTransaction(draft.group(group), commit.committer())
                        : Errors.NONE;
        var results = new Responses.TransactionResults();
        for (PartitionCommit partition : commit.partitions()) {
            Errors error =
                    judge(
                            partition,
                            consumers == null || unnamed(commit.committer())
                                    ? refusal
                                    : check(consumers, commit.committer(), partition));
            if (error == Errors.NONE) {
                draft.storePending(
                        commit.producer(),
                        new Place(group, partition.topic(), partition.partition()),
                        partition.offset());
            }
            results.add(partition, error);
        }
        draft.answer(commit.ticket(), results.response());
    }

    /** Producers that know nothing of the group's members need not say who they are. */
    private static Errors checkInTransaction(@Nullable ClassicGroup group, Committer committer) {
        if (group == null) {
            return committer.generation() < 0 ? Errors.NONE : Errors.ILLEGAL_GENERATION;
        }
        if (unnamed(committer) || (committer.generation() < 0 && group.is(GroupState.EMPTY))) {
            return Errors.NONE;
        }
        Errors error = group.checkMember(committer.memberId(), committer.instanceId());
        if (error != Errors.NONE) {
            return error;
        }
        return committer.generation() == group.generation().number()
                ? Errors.NONE
                : Errors.ILLEGAL_GENERATION;
    }

    /** Whether it does not claim to be a member. */
    private static boolean unnamed(Committer committer) {
        return committer.generation() < 0
                && committer.memberId().isEmpty()
                && committer.instanceId() == null;
    }

    private static void keepSession(Draft draft, ClassicGroup group, Committer committer) {
        Member member = group.roster().get(committer.memberId());
        if (member != null) {
            draft.restartSession(group, member);
        }
    }

    // ---- links ----

    void commitMirrored(Draft draft, CommitMirrored commit) {
        ClassicGroup group = draft.group(commit.group());
        if (group != null && !group.is(GroupState.EMPTY)) {
            draft.answer(commit.ticket(), new MirroredCommit.InUse(group.roster().size()));
            return;
        }
        ConsumerGroup consumers = draft.consumer(commit.group());
        if (consumers != null && !consumers.isEmpty()) {
            draft.answer(commit.ticket(), new MirroredCommit.InUse(consumers.members().size()));
            return;
        }
        if (group == null && consumers == null && !commit.offsets().isEmpty()) {
            draft.put(ClassicGroup.empty(commit.group()));
        }
        commit.offsets()
                .forEach((partition, offset) ->
                        draft.storeOffset(
                                commit.group(),
                                partition.topic(),
                                partition.partition(),
                                offset.stamped(draft.nowMs(), offset.topicId())));
        draft.answer(commit.ticket(), new MirroredCommit.Stored());
    }

    // ---- OffsetDelete ----

    void delete(Draft draft, DeleteOffsets delete) {
        String id = delete.request().groupId();
        ClassicGroup group = draft.group(id);
        ConsumerGroup consumers = draft.consumer(id);
        Errors refusal = consumers == null ? checkDelete(group) : Errors.NONE;
        var topics = new OffsetDeleteResponseTopicCollection();
        if (refusal == Errors.NONE) {
            Collection<OffsetDeleteResponseTopic> results = topics;
            for (OffsetDeleteRequestTopic topic : delete.request().topics()) {
                boolean inUse =
                        (group != null && group.reads(topic.name()))
                                || (consumers != null && consumers.reads(topic.name()));
                results.add(delete(draft, id, topic, inUse));
            }
        }
        var response =
                new OffsetDeleteResponseData().setErrorCode(refusal.code()).setTopics(topics);
        draft.answer(delete.ticket(), new Stretch<>(response, draft.full()));
    }

    private static OffsetDeleteResponseTopic delete(
            Draft draft, String group, OffsetDeleteRequestTopic topic, boolean inUse) {
        var partitions = new OffsetDeleteResponsePartitionCollection();
        Collection<OffsetDeleteResponsePartition> results = partitions;
        for (var partition : topic.partitions()) {
            int index = partition.partitionIndex();
            boolean known =
                    draft.state().offset(group, topic.name(), index) != null
                            || draft.state().pending().isPending(group, topic.name(), index);
            if (!inUse && known && !draft.full()) {
                draft.removeOffset(group, topic.name(), index);
            }
            Errors error = inUse ? Errors.GROUP_SUBSCRIBED_TO_TOPIC : Errors.NONE;
            results.add(
                    new OffsetDeleteResponsePartition()
                            .setPartitionIndex(index)
                            .setErrorCode(error.code()));
        }
        return new OffsetDeleteResponseTopic().setName(topic.name()).setPartitions(partitions);
    }

    private static Errors checkDelete(@Nullable ClassicGroup group) {
        if (group == null) {
            return Errors.GROUP_ID_NOT_FOUND;
        }
        boolean consumers =
                ClassicGroup.CONSUMER_PROTOCOL.equals(group.generation().protocolType());
        return group.is(GroupState.EMPTY) || consumers ? Errors.NONE : Errors.NON_EMPTY_GROUP;
    }

    // ---- DeleteGroups ----

    void deleteGroup(Draft draft, DeleteGroup delete) {
        String id = delete.group();
        Errors error = checkDeleteGroup(draft, id);
        boolean more = false;
        if (error == Errors.NONE) {
            deleteOffsets(draft, id);
            more = draft.full();
            if (!more) {
                removeGroup(draft, id);
            }
        }
        var result =
                new DeletableGroupResult()
                        .setGroupId(id)
                        .setErrorCode(error.code())
                        .setErrorMessage(error == Errors.NONE ? null : error.message());
        draft.answer(delete.ticket(), new Stretch<>(result, more));
    }

    private static Errors checkDeleteGroup(Draft draft, String id) {
        ClassicGroup group = draft.group(id);
        ConsumerGroup consumers = draft.consumer(id);
        if (group == null && consumers == null) {
            return Errors.GROUP_ID_NOT_FOUND;
        }
        boolean empty =
                consumers == null
                        ? group != null && group.is(GroupState.EMPTY)
                        : consumers.isEmpty();
        return empty ? Errors.NONE : Errors.NON_EMPTY_GROUP;
    }

    /** As many as there is room for. */
    private static void deleteOffsets(Draft draft, String id) {
        draft.state()
                .offsetsOf(id)
                .forEach((topic, partitions) ->
                        partitions
                                .keySet()
                                .forEach(partition -> delete(draft, id, topic, partition)));
        for (Place place : draft.state().pending().of(id)) {
            delete(draft, place.group(), place.topic(), place.partition());
        }
    }

    private static void delete(Draft draft, String group, String topic, int partition) {
        if (!draft.full()) {
            draft.removeOffset(group, topic, partition);
        }
    }

    private static void removeGroup(Draft draft, String id) {
        ClassicGroup group = draft.group(id);
        ConsumerGroup consumers = draft.consumer(id);
        if (consumers != null) {
            draft.remove(consumers);
        } else if (group != null) {
            for (String memberToBe : group.pending().joins()) {
                draft.cancel(GroupAlarm.session(id, memberToBe));
            }
            draft.remove(group);
        }
    }
}
