package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupCommand.Beat;
import io.tombolo.coordinator.group.GroupCommand.ConsumerHeartbeat;
import io.tombolo.coordinator.runtime.Moment;
import io.tombolo.coordinator.runtime.Step;
import io.tombolo.coordinator.stage.Impostor;

import org.apache.kafka.common.message.HeartbeatResponseData;

/** Coordinators that are wrong in one way each about groups that change their protocol. */
public final class MigrationMutant extends Impostor<GroupsState, GroupCommand, GroupEvent> {

    /** Ways to be wrong. */
    public enum Kind {
        ASSIGNMENTS_FORGOTTEN,
        PARTITIONS_TAKEN_EARLY,
        OFFSETS_FORGOTTEN,
        CONVERSIONS_NOT_RECORDED,
        NOBODY_IS_TOLD_TO_JOIN
    }

    private final Kind kind;

    public MigrationMutant(GroupSettings settings, Kind kind) {
        super(new GroupMachine(settings));
        this.kind = kind;
    }

    @Override
    public Step<GroupsState, GroupEvent> handle(
            GroupsState state, GroupCommand command, Moment now) {
        return switch (kind) {
            case ASSIGNMENTS_FORGOTTEN -> sound.handle(unassigned(state, command), command, now);
            case PARTITIONS_TAKEN_EARLY ->
                    sound.handle(ConsumerMutant.ownerless(state), command, now);
            case OFFSETS_FORGOTTEN -> {
                var step = sound.handle(state, command, now);
                yield converts(state, step) ? withoutOffsets(step) : step;
            }
            case CONVERSIONS_NOT_RECORDED -> {
                var step = sound.handle(state, command, now);
                yield converts(state, step) ? unrecorded(step) : step;
            }
            case NOBODY_IS_TOLD_TO_JOIN ->
                    command instanceof Beat beat && !state.consumers().isEmpty()
                            ? silenced(state, beat)
                            : sound.handle(state, command, now);
        };
    }

    /** Whether a group with members has changed its protocol. */
    private static boolean converts(GroupsState before, Step<GroupsState, GroupEvent> step) {
        return !before.groups().isEmpty()
                        && before.groups().values().stream()
                                .anyMatch(group -> !group.roster().isEmpty())
                        && !step.state().consumers().isEmpty()
                || before.consumers().values().stream().anyMatch(group -> !group.isEmpty())
                        && !step.state().groups().isEmpty();
    }

    /** What consumers of the other protocol find is a group whose members have nothing. */
    private static GroupsState unassigned(GroupsState state, GroupCommand command) {
        if (!(command instanceof ConsumerHeartbeat)) {
            return state;
        }
        GroupsState changed = state;
        for (ClassicGroup group : state.groups().values()) {
            for (Member member : group.roster().all()) {
                changed = changed.with(group.with(member.assigned(Member.NOTHING)));
                group = changed.groups().get(group.id());
            }
        }
        return changed;
    }

    private static Step<GroupsState, GroupEvent> withoutOffsets(
            Step<GroupsState, GroupEvent> step) {
        GroupsState state = step.state();
        for (var group : step.state().offsets().entrySet()) {
            for (var topic : group.getValue().entrySet()) {
                for (int partition : topic.getValue().keySet()) {
                    state = state.withoutOffset(group.getKey(), topic.getKey(), partition);
                }
            }
        }
        return new Step<>(state, step.records(), step.answers(), step.signals());
    }

    private static Step<GroupsState, GroupEvent> silenced(GroupsState state, Beat beat) {
        var draft = new Draft(state, new Moment(0, 0));
        draft.answer(beat.ticket(), new HeartbeatResponseData());
        return draft.step();
    }
}
