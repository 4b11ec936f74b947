package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupCommand.Clamp;
import io.tombolo.coordinator.group.GroupCommand.ForgetTopic;
import io.tombolo.coordinator.group.PendingOffsets.Place;

import org.apache.kafka.common.TopicPartition;

import java.util.ArrayList;

/**
 * Work on the offsets of all groups of a partition. A sweep stops after {@link
 * GroupCommand#RECORDS_MAX} records; what it did not reach it finds when it is called again.
 */
final class Sweeps {

    private final GroupSettings.Offsets settings;

    Sweeps(GroupSettings.Offsets settings) {
        this.settings = settings;
    }

    /** Removes offsets past their retention, and groups that have neither offsets nor members. */
    void expire(Draft draft) {
        for (ClassicGroup group : draft.state().groups().values()) {
            if (draft.recordCount() >= GroupCommand.RECORDS_MAX) {
                draft.alarmIn(GroupAlarm.EXPIRY, 0);
                return;
            }
            expireOffsets(draft, group);
            boolean idle = group.is(GroupState.EMPTY) && group.pending().joins().isEmpty();
            if (idle && draft.state().knowsNoOffsetsOf(group.id())) {
                draft.remove(group);
            }
        }
        draft.alarmIn(GroupAlarm.EXPIRY, settings.retentionCheck().toMillis());
    }

    private void expireOffsets(Draft draft, ClassicGroup group) {
        var offsets = draft.state().offsetsOf(group.id());
        offsets.forEach((topic, partitions) -> {
            if (!mayExpire(group, topic)) {
                return;
            }
            partitions.forEach((partition, offset) -> {
                if (draft.recordCount() < GroupCommand.RECORDS_MAX
                        && !draft.state().pending().isPending(group.id(), topic, partition)
                        && expired(group, offset, draft.nowMs())) {
                    draft.removeOffset(group.id(), topic, partition);
                }
            });
        });
    }

    /** Offsets of a live group stay unless it is known not to read the topic any more. */
    private static boolean mayExpire(ClassicGroup group, String topic) {
        if (group.generation().protocolType() == null || group.is(GroupState.EMPTY)) {
            return true;
        }
        return group.is(GroupState.STABLE)
                && group.subscribedTopics().map(topics -> !topics.contains(topic)).orElse(false);
    }

    private boolean expired(ClassicGroup group, CommittedOffset offset, long nowMs) {
        if (offset.expireMs() >= 0) {
            return nowMs >= offset.expireMs();
        }
        boolean deserted =
                group.generation().protocolType() != null
                        && group.is(GroupState.EMPTY)
                        && group.stateSinceMs() >= 0;
        long sinceMs = deserted ? group.stateSinceMs() : offset.commitMs();
        return nowMs - sinceMs >= settings.retention().toMillis();
    }

    /** After a failover: nobody may stand beyond the end of a log. */
    void clamp(Draft draft, Clamp clamp) {
        var found = new ArrayList<Position>();
        draft.state()
                .offsets()
                .forEach((group, topics) ->
                        topics.forEach((topic, partitions) ->
                                partitions.forEach((partition, offset) ->
                                        found.add(new Position(group, topic, partition, offset)))));
        for (Position position : found) {
            Long end =
                    clamp.logEndOffsets()
                            .get(new TopicPartition(position.topic, position.partition));
            if (end != null
                    && position.offset.offset() > end
                    && draft.recordCount() < GroupCommand.RECORDS_MAX) {
                draft.storeOffset(
                        position.group,
                        position.topic,
                        position.partition,
                        position.offset
                                .notBeyond(end)
                                .stamped(draft.nowMs(), position.offset.topicId()));
            }
        }
        draft.answer(clamp.ticket(), draft.recordCount());
    }

    /** A deleted topic takes its offsets with it, also those of live groups. */
    void forgetTopic(Draft draft, ForgetTopic forget) {
        for (var group : draft.state().offsets().entrySet()) {
            var partitions = group.getValue().get(forget.topic());
            if (partitions == null) {
                continue;
            }
            partitions.forEach((partition, offset) -> {
                if (draft.recordCount() < GroupCommand.RECORDS_MAX
                        && !offset.isOfOtherTopic(forget.topicId())) {
                    draft.removeOffset(group.getKey(), forget.topic(), partition);
                }
            });
        }
        forgetPending(draft, forget);
        draft.answer(forget.ticket(), draft.recordCount());
    }

    private static void forgetPending(Draft draft, ForgetTopic forget) {
        PendingOffsets pending = draft.state().pending();
        for (String group : pending.groups()) {
            for (Place place : pending.of(group)) {
                boolean counts = draft.state().pending().counts(place, forget.topicId());
                if (place.topic().equals(forget.topic())
                        && counts
                        && draft.recordCount() < GroupCommand.RECORDS_MAX) {
                    draft.removeOffset(group, place.topic(), place.partition());
                }
            }
        }
    }

    private record Position(String group, String topic, int partition, CommittedOffset offset) {}
}
