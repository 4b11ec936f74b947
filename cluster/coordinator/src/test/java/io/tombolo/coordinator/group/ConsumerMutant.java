package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupCommand.Commit;
import io.tombolo.coordinator.group.GroupCommand.Committer;
import io.tombolo.coordinator.group.GroupCommand.ConsumerHeartbeat;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;
import io.tombolo.coordinator.group.consumer.ConsumerGroups;
import io.tombolo.coordinator.runtime.Moment;
import io.tombolo.coordinator.runtime.Step;
import io.tombolo.coordinator.stage.Impostor;

import java.nio.ByteBuffer;

/** Coordinators of consumer groups that are wrong in one way each. */
public final class ConsumerMutant extends Impostor<GroupsState, GroupCommand, GroupEvent> {

    /** Ways to be wrong. */
    public enum Kind {
        PARTITIONS_TAKEN_EARLY,
        WHAT_MEMBERS_HAVE_NOT_RECORDED,
        ZOMBIES_COMMIT,
        COMMITS_NOT_RECORDED,
        ALARMS_NEVER_RING
    }

    private static final short CURRENT = 8;

    private final Kind kind;

    public ConsumerMutant(GroupSettings settings, Kind kind) {
        super(new GroupMachine(settings));
        this.kind = kind;
    }

    @Override
    public long nextAlarmNanos(GroupsState state) {
        return kind == Kind.ALARMS_NEVER_RING ? Long.MAX_VALUE : sound.nextAlarmNanos(state);
    }

    @Override
    public Step<GroupsState, GroupEvent> handle(
            GroupsState state, GroupCommand command, Moment now) {
        return switch (kind) {
            case PARTITIONS_TAKEN_EARLY ->
                    sound.handle(
                            command instanceof ConsumerHeartbeat ? ownerless(state) : state,
                            command,
                            now);
            case WHAT_MEMBERS_HAVE_NOT_RECORDED ->
                    withoutCurrent(sound.handle(state, command, now));
            case ZOMBIES_COMMIT -> sound.handle(state, revived(state, command), now);
            case COMMITS_NOT_RECORDED -> {
                var step = sound.handle(state, command, now);
                yield command instanceof Commit ? unrecorded(step) : step;
            }
            case ALARMS_NEVER_RING -> sound.handle(state, command, now);
        };
    }

    static GroupsState ownerless(GroupsState state) {
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
