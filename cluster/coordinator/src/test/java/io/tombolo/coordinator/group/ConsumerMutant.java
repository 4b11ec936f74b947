package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupCommand.Commit;
import io.tombolo.coordinator.group.GroupCommand.Committer;
import io.tombolo.coordinator.group.GroupCommand.ConsumerHeartbeat;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;
import io.tombolo.coordinator.group.consumer.ConsumerGroups;
import io.tombolo.coordinator.runtime.Moment;
import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.runtime.Step;
import io.tombolo.coordinator.runtime.StoredRecord;

import java.nio.ByteBuffer;
import java.util.List;

/** Coordinators of consumer groups that are wrong in one way each. */
public final class ConsumerMutant implements StateMachine<GroupsState, GroupCommand, GroupEvent> {

    /** Ways to be wrong. */
    public enum Kind {
        PARTITIONS_TAKEN_EARLY,
        WHAT_MEMBERS_HAVE_NOT_RECORDED,
        ZOMBIES_COMMIT,
        COMMITS_NOT_RECORDED,
        ALARMS_NEVER_RING
    }

    private static final short CURRENT = 8;

    private final GroupMachine machine;
    private final Kind kind;

    public ConsumerMutant(GroupSettings settings, Kind kind) {
        this.machine = new GroupMachine(settings);
        this.kind = kind;
    }

    @Override
    public GroupsState initial() {
        return machine.initial();
    }

    @Override
    public GroupsState replay(GroupsState state, StoredRecord record) {
        return machine.replay(state, record);
    }

    @Override
    public Step<GroupsState, GroupEvent> loaded(GroupsState state, Moment now) {
        return machine.loaded(state, now);
    }

    @Override
    public Step<GroupsState, GroupEvent> handle(
            GroupsState state, GroupCommand command, Moment now) {
        return switch (kind) {
            case PARTITIONS_TAKEN_EARLY ->
                    machine.handle(
                            command instanceof ConsumerHeartbeat ? ownerless(state) : state,
                            command,
                            now);
            case WHAT_MEMBERS_HAVE_NOT_RECORDED ->
                    withoutCurrent(machine.handle(state, command, now));
            case ZOMBIES_COMMIT -> machine.handle(state, revived(state, command), now);
            case COMMITS_NOT_RECORDED -> {
                var step = machine.handle(state, command, now);
                yield command instanceof Commit
                        ? new Step<>(step.state(), List.of(), step.answers(), step.signals())
                        : step;
            }
            case ALARMS_NEVER_RING -> machine.handle(state, command, now);
        };
    }

    @Override
    public long nextAlarmNanos(GroupsState state) {
        return kind == Kind.ALARMS_NEVER_RING ? Long.MAX_VALUE : machine.nextAlarmNanos(state);
    }

    @Override
    public Step<GroupsState, GroupEvent> alarm(GroupsState state, Moment now) {
        return machine.alarm(state, now);
    }

    private static GroupsState ownerless(GroupsState state) {
        GroupsState changed = state;
        for (ConsumerGroup group : state.consumers().values()) {
            changed = changed.with(ConsumerGroups.ownerless(group));
        }
        return changed;
    }

    private static GroupCommand revived(GroupsState state, GroupCommand command) {
        if (!(command instanceof Commit commit)) {
            return command;
        }
        Committer old = commit.committer();
        ConsumerGroup group = state.consumers().get(old.group());
        if (group == null || group.isEmpty()) {
            return command;
        }
        String member = group.members().firstKey();
        return new Commit(
                new Committer(
                        old.group(),
                        ConsumerGroups.epoch(group, member),
                        member,
                        null,
                        old.version()),
                commit.partitions(),
                commit.ticket());
    }

    private static Step<GroupsState, GroupEvent> withoutCurrent(
            Step<GroupsState, GroupEvent> step) {
        var kept =
                step.records().stream()
                        .filter(record -> ByteBuffer.wrap(record.key()).getShort() != CURRENT)
                        .toList();
        return new Step<>(step.state(), kept, step.answers(), step.signals());
    }
}
