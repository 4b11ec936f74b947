package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.consumer.ConsumerGroup;
import io.tombolo.coordinator.group.consumer.ConsumerGroups;

/** What tests ask of a group of either protocol. */
public final class MigrationView {

    private MigrationView() {}

    /** Whether a client stands in the group as it thinks it does. */
    public static boolean stands(GroupsState state, String id, String member, int epoch) {
        ConsumerGroup consumers = state.consumers().get(id);
        if (consumers != null) {
            return consumers.members().containsKey(member)
                    && (ConsumerGroups.classic(consumers, member)
                            ? ConsumerGroups.epoch(consumers, member) == epoch
                            : ConsumerGroups.stands(consumers, member, epoch));
        }
        ClassicGroup classic = state.groups().get(id);
        return classic != null
                && classic.roster().has(member)
                && classic.generation().number() == epoch;
    }

    /** How the group is called in lists, with its protocol. */
    public static String state(GroupsState state, String id) {
        ConsumerGroup consumers = state.consumers().get(id);
        if (consumers != null) {
            return "consumer " + consumers.state().label();
        }
        ClassicGroup classic = state.groups().get(id);
        return classic == null ? "none" : "classic " + classic.state().label();
    }

    /** What of the groups has to survive a failover. */
    public static String stored(GroupsState shown, GroupsState promise) {
        var out = new StringBuilder(Projection.of(shown, promise));
        for (ConsumerGroup group : shown.consumers().values()) {
            out.append(ConsumerGroups.stored(group));
        }
        return out.toString();
    }
}
