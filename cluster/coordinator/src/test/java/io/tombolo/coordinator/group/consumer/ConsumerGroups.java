package io.tombolo.coordinator.group.consumer;

import org.pcollections.TreePMap;

/** Consumer groups as tests want them. */
public final class ConsumerGroups {

    private ConsumerGroups() {}

    /** The group, with nobody owning anything. */
    public static ConsumerGroup ownerless(ConsumerGroup group) {
        return new ConsumerGroup(
                group.id(),
                group.now(),
                group.topicsVersion(),
                group.members(),
                group.targetEpoch(),
                group.targets(),
                TreePMap.empty(),
                group.patterns());
    }

    /** Whether a member speaks the classic protocol. */
    public static boolean classic(ConsumerGroup group, String member) {
        return group.members().get(member).classic() != null;
    }

    public static int epoch(ConsumerGroup group, String member) {
        return group.members().get(member).epoch();
    }

    /** What of a group has to survive a failover. */
    public static String stored(ConsumerGroup group) {
        return group.seen(-1).toString();
    }

    /** Whether a client stands in the group as it thinks it does, or nearly so. */
    public static boolean stands(ConsumerGroup group, String member, int epoch) {
        ConsumerMember found = group.members().get(member);
        return found != null && (found.epoch() == epoch || found.previousEpoch() == epoch);
    }
}
