package io.tombolo.coordinator.group;

import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.runtime.StoredEntry;
import io.tombolo.coordinator.runtime.StoredMarker;
import io.tombolo.coordinator.runtime.StoredRecord;

import java.util.Arrays;
import java.util.List;

/** What of a state has to survive a failover, as text. */
public final class Projection {

    private Projection() {}

    /** The state that a log rebuilds. */
    public static GroupsState replayed(
            StateMachine<GroupsState, GroupCommand, GroupEvent> machine, List<StoredEntry> log) {
        GroupsState state = machine.initial();
        for (StoredEntry entry : log) {
            state =
                    switch (entry) {
                        case StoredRecord record -> machine.replay(state, record);
                        case StoredMarker marker -> machine.ended(state, marker.end());
                    };
        }
        return state;
    }

    /**
     * Shows a state as far as the other one promises it: while members gather, who is there is
     * nobody's promise.
     */
    public static String of(GroupsState shown, GroupsState promise) {
        var out = new StringBuilder();
        for (ClassicGroup promised : promise.groups().values()) {
            ClassicGroup group =
                    shown.group(promised.id()).orElse(ClassicGroup.empty(promised.id()));
            out.append(group.id()).append(" generation ").append(group.generation().number());
            switch (promised.state()) {
                case EMPTY -> out.append(" members ").append(group.roster().size());
                case PREPARING_REBALANCE -> {}
                case COMPLETING_REBALANCE, STABLE -> settled(out, group);
            }
            out.append('\n');
        }
        return out.append(shown.offsets()).append(shown.pending()).toString();
    }

    private static void settled(StringBuilder out, ClassicGroup group) {
        out.append(' ').append(group.state()).append(' ').append(group.generation());
        for (Member member : group.roster().all()) {
            out.append(' ').append(member.id()).append(' ').append(member.instanceId());
            out.append(Arrays.toString(member.assignment()));
        }
    }

    public static int generation(GroupsState state, String group) {
        return state.group(group).map(found -> found.generation().number()).orElse(0);
    }

    public static boolean empty(GroupsState state, String group) {
        return state.group(group).map(found -> found.is(GroupState.EMPTY)).orElse(true);
    }
}
