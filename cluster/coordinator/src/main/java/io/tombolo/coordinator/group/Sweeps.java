package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupCommand.Clamp;
import io.tombolo.coordinator.group.GroupCommand.ForgetTopic;
import io.tombolo.coordinator.group.PendingOffsets.Place;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;

import org.apache.kafka.common.TopicPartition;

import java.util.ArrayList;
import java.util.function.Predicate;

/**
 * Work on the offsets of all groups of a partition. A sweep stops when its step is {@link
 * Draft#full}; what it did not reach it finds when it is called again.
 */
final class Sweeps {

    private final GroupSettings.Offsets settings;

    Sweeps(GroupSettings.Offsets settings) {
        this.settings = settings;
    }

    /** Removes offsets past their retention, and groups that have neither offsets nor members. */
    void expire(Draft draft) {
        for (ClassicGroup group : draft.state().groups().values()) {
            if (draft.full()) {
                break;
            }
            expireOffsets(
                    draft,
                    group.id(),
                    topic -> mayExpire(group, topic),
                    (offset, nowMs) -> expired(group, offset, nowMs));
            boolean idle = group.is(GroupState.EMPTY) && group.pending().joins().isEmpty();
            if (idle && draft.state().knowsNoOffsetsOf(group.id())) {
                draft.remove(group);
            }
        }
        for (ConsumerGroup group : draft.state().consumers().values()) {
            if (draft.full()) {
                break;
            }
            expireOffsets(
                    draft,
                    group.id(),
                    topic -> !group.reads(topic),
                    (offset, nowMs) -> expired(group, offset, nowMs));
            if (group.isEmpty() && draft.state().knowsNoOffsetsOf(group.id())) {
                draft.remove(group);
            }
        }
        draft.alarmIn(GroupAlarm.EXPIRY, draft.full() ? 0 : settings.retentionCheck().toMillis());
    }

    /** Whether an offset is past its retention. */
    private interface Age {
        boolean expired(CommittedOffset offset, long nowMs);
    }

    private static void expireOffsets(
            Draft draft, String group, Predicate<String> mayExpire, Age age) {
        var offsets = draft.state().offsetsOf(group);
        offsets.forEach((topic, partitions) -> {
            if (!mayExpire.test(topic)) {
                return;
            }
            partitions.forEach((partition, offset) -> {
                if (!draft.full()
                        && !draft.state().pending().isPending(group, topic, partition)
                        && age.expired(offset, draft.nowMs())) {
                    draft.removeOffset(group, topic, partition);
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

    /** A quiet topic costs nobody his position while somebody reads it, nor at once afterwards. */
    private boolean expired(ConsumerGroup group, CommittedOffset offset, long nowMs) {
        return expired(offset, group.idleSinceMs(offset.commitMs()), nowMs);
    }

    private boolean expired(ClassicGroup group, CommittedOffset offset, long nowMs) {
        boolean deserted =
                group.generation().protocolType() != null
                        && group.is(GroupState.EMPTY)
                        && group.stateSinceMs() >= 0;
        return expired(offset, deserted ? group.stateSinceMs() : offset.commitMs(), nowMs);
    }

    private boolean expired(CommittedOffset offset, long sinceMs, long nowMs) {
        return offset.expireMs() >= 0
                ? nowMs >= offset.expireMs()
                : nowMs - sinceMs >= settings.retention().toMillis();
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
            if (end != null && position.offset.offset() > end && !draft.full()) {
                draft.storeOffset(
                        position.group,
                        position.topic,
                        position.partition,
                        position.offset
                                .notBeyond(end)
                                .stamped(draft.nowMs(), position.offset.topicId()));
            }
        }
        clampPending(draft, clamp);
        draft.answer(clamp.ticket(), draft.swept());
    }

    /**
     * An open transaction that has read what is gone would take its group beyond the end when it is
     * committed. Whatever the group has committed, if anything, is recorded once more, and what is
     * later in the log counts: the transaction moves the group nowhere.
     */
    private static void clampPending(Draft draft, Clamp clamp) {
        PendingOffsets pending = draft.state().pending();
        for (String group : pending.groups()) {
            for (Place place : pending.of(group)) {
                Long end =
                        clamp.logEndOffsets()
                                .get(new TopicPartition(place.topic(), place.partition()));
                if (end != null
                        && draft.state().pending().reachesBeyond(place, end)
                        && !draft.full()) {
                    repeat(draft, place);
                }
            }
        }
    }

    private static void repeat(Draft draft, Place place) {
        CommittedOffset present =
                draft.state().offset(place.group(), place.topic(), place.partition());
        if (present == null) {
            draft.removeOffset(place.group(), place.topic(), place.partition());
        } else {
            draft.storeOffset(place.group(), place.topic(), place.partition(), present);
        }
    }

    /** A deleted topic takes its offsets with it, also those of live groups. */
    void forgetTopic(Draft draft, ForgetTopic forget) {
        for (var group : draft.state().offsets().entrySet()) {
            var partitions = group.getValue().get(forget.topic());
            if (partitions == null) {
                continue;
            }
            partitions.forEach((partition, offset) -> {
                if (!draft.full() && !offset.isOfOtherTopic(forget.topicId())) {
                    draft.removeOffset(group.getKey(), forget.topic(), partition);
                }
            });
        }
        forgetPending(draft, forget);
        draft.answer(forget.ticket(), draft.swept());
    }

    private static void forgetPending(Draft draft, ForgetTopic forget) {
        PendingOffsets pending = draft.state().pending();
        for (String group : pending.groups()) {
            for (Place place : pending.of(group)) {
                boolean counts = draft.state().pending().counts(place, forget.topicId());
                if (place.topic().equals(forget.topic()) && counts && !draft.full()) {
                    draft.removeOffset(group, place.topic(), place.partition());
                }
            }
        }
    }

    private record Position(String group, String topic, int partition, CommittedOffset offset) {}
}
