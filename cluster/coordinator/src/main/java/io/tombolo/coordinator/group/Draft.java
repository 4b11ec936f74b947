package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupCommand.Stretch;
import io.tombolo.coordinator.group.PendingOffsets.Place;
import io.tombolo.coordinator.group.consumer.ClusterTopics;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;
import io.tombolo.coordinator.group.consumer.ConsumerStep;
import io.tombolo.coordinator.runtime.Answer;
import io.tombolo.coordinator.runtime.LogRecord;
import io.tombolo.coordinator.runtime.Moment;
import io.tombolo.coordinator.runtime.Producer;
import io.tombolo.coordinator.runtime.Step;
import io.tombolo.coordinator.runtime.StepRecords;
import io.tombolo.coordinator.runtime.Ticket;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * One step in the making: the rules read and replace the state through it and say what is to be
 * recorded, answered and reported. Mutable; lives for one call.
 */
final class Draft {

    private final Moment now;
    private final StepRecords records = new StepRecords();
    private final List<Answer<?>> answers = new ArrayList<>();
    private final List<GroupEvent> events = new ArrayList<>();
    private GroupsState state;
    private @Nullable Producer producer;

    Draft(GroupsState state, Moment now) {
        this.state = state;
        this.now = now;
    }

    Step<GroupsState, GroupEvent> step() {
        return new Step<>(state, records.list(), answers, events, producer);
    }

    GroupsState state() {
        return state;
    }

    Moment now() {
        return now;
    }

    long nowMs() {
        return now.wallMs();
    }

    /** Whether a sweep had better go on in another step. */
    boolean full() {
        return records.full();
    }

    /** How many records it has come to, and whether there may be more. */
    Stretch<Integer> swept() {
        return new Stretch<>(records.count(), full());
    }

    @Nullable ClassicGroup group(String id) {
        return state.groups().get(id);
    }

    @Nullable ConsumerGroup consumer(String id) {
        return state.consumers().get(id);
    }

    /** Topics as a broker knows them now. */
    void know(ClusterTopics topics) {
        state = state.with(topics);
    }

    /** Carries out what the rules of consumer groups decided. */
    void take(ConsumerStep step) {
        records.addAll(step.records());
        ConsumerGroup group = step.group();
        if (group != null) {
            state = state.with(group);
        }
    }

    /** Replaces a group in memory and records what of it must survive. */
    void store(ConsumerGroup group, List<LogRecord> changes) {
        records.addAll(changes);
        state = state.with(group);
    }

    void remove(ConsumerGroup group) {
        records.addAll(group.tombstones());
        state = state.withoutGroup(group.id());
    }

    /** Replaces a group in memory; returns it. */
    ClassicGroup put(ClassicGroup group) {
        state = state.with(group);
        return group;
    }

    /** Replaces a group in memory and records what of it must survive; returns it. */
    ClassicGroup store(ClassicGroup group) {
        records.add(GroupRecords.group(group));
        return put(group);
    }

    void remove(ClassicGroup group) {
        records.add(GroupRecords.groupTombstone(group.id()));
        state = state.withoutGroup(group.id());
    }

    void storeOffset(String group, String topic, int partition, CommittedOffset offset) {
        records.add(GroupRecords.offset(group, topic, partition, offset));
        state = state.withOffset(group, topic, partition, offset);
    }

    /**
     * Records a position in the open transaction of a producer. All that a step records is in one
     * transaction, or in none.
     */
    void storePending(Producer owner, Place place, CommittedOffset offset) {
        producer = owner;
        records.add(GroupRecords.offset(place.group(), place.topic(), place.partition(), offset));
        state = state.withGroupFor(place.group()).withPending(owner.id(), place, offset);
    }

    void removeOffset(String group, String topic, int partition) {
        records.add(GroupRecords.offsetTombstone(group, topic, partition));
        state = state.withoutOffset(group, topic, partition);
    }

    /** Answers a client, if there is one. */
    <R> void answer(@Nullable Ticket<R> ticket, R response) {
        if (ticket != null) {
            answers.add(new Answer<>(ticket, response));
        }
    }

    void report(GroupEvent event) {
        events.add(event);
    }

    void alarmIn(GroupAlarm alarm, long delayMs) {
        state = state.with(state.alarms().with(alarm, now.plusMs(delayMs)));
    }

    void cancel(GroupAlarm alarm) {
        state = state.with(state.alarms().without(alarm));
    }

    /** Nothing is expected any more of a member of a consumer group. */
    void cancelAll(String group, String member) {
        cancel(GroupAlarm.session(group, member));
        cancel(GroupAlarm.release(group, member));
        cancel(GroupAlarm.join(group, member));
        cancel(GroupAlarm.sync(group, member));
    }

    /** Unless it is set already. */
    void alarmAtLatestIn(GroupAlarm alarm, long delayMs) {
        if (state.alarms().dueNanos(alarm) == Long.MAX_VALUE) {
            alarmIn(alarm, delayMs);
        }
    }

    /** The first deadline that has come, taken out; null when none has. */
    @Nullable GroupAlarm takeDue() {
        var alarms = state.alarms().settled(now.nanos());
        GroupAlarm due = alarms.firstDue(now.nanos());
        state = state.with(due == null ? alarms : alarms.without(due));
        return due;
    }

    /** A member has shown life: its session starts over. */
    void restartSession(ClassicGroup group, Member member) {
        alarmIn(GroupAlarm.session(group.id(), member.id()), member.timeouts().sessionMs());
    }
}
