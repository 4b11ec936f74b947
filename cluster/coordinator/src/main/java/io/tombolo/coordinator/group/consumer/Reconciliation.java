package io.tombolo.coordinator.group.consumer;

import io.tombolo.coordinator.group.consumer.ConsumerMember.Progress;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The next step of one member towards its target. It first lets go of what is not its any more, and
 * says so itself, by the partitions it names; what others own it gets once they have let go.
 *
 * @param group with its newest target
 * @param claimed what the member says that it owns; null when it does not say
 */
record Reconciliation(ConsumerGroup group, @Nullable Assignment claimed) {

    /** The member after the step; the same one when it has to wait. */
    ConsumerMember next(ConsumerMember member) {
        return switch (member.progress()) {
            case STABLE ->
                    member.epoch() == group.targetEpoch()
                            ? member
                            : towardsTarget(member, member.epoch());
            case UNREVOKED_PARTITIONS ->
                    stillOwns(member.revoking())
                            ? member
                            : towardsTarget(member, member.epoch() + 1);
            case UNRELEASED_PARTITIONS -> towardsTarget(member, member.epoch());
        };
    }

    private boolean stillOwns(Assignment revoking) {
        return claimed == null || claimed.hasAnyOf(revoking);
    }

    private ConsumerMember towardsTarget(ConsumerMember member, int epoch) {
        Assignment target = group.target(member.id());
        Assignment kept = member.assigned().among(target, true);
        Assignment revoked = member.assigned().among(target, false);
        if (!revoked.isEmpty() && stillOwns(revoked)) {
            return member.moved(epoch, Progress.UNREVOKED_PARTITIONS, kept, revoked);
        }
        Grown grown = new Grown(kept);
        target.among(kept, false)
                .forEach((topic, partition, _) -> {
                    String owner = group.ownerOf(topic, partition);
                    // What it has let go of just now it may have again.
                    boolean free = owner == null || owner.equals(member.id());
                    grown.add(topic, partition, free, group.targetEpoch());
                });
        return member.moved(
                group.targetEpoch(),
                grown.waits ? Progress.UNRELEASED_PARTITIONS : Progress.STABLE,
                grown.assigned,
                Assignment.NONE);
    }

    /** What a member has, while it is given more. Mutable. */
    private static final class Grown {

        private Assignment assigned;
        private boolean waits;

        Grown(Assignment kept) {
            this.assigned = kept;
        }

        void add(Uuid topic, int partition, boolean free, int epoch) {
            if (free) {
                assigned = assigned.plus(topic, partition, epoch);
            } else {
                waits = true;
            }
        }
    }
}
