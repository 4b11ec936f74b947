package io.tombolo.controller.replica;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.PartitionSet;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Moves everything off one broker: reads an image, proposes reassignments and remembers nothing, so
 * that it can be asked again after every step, by whichever controller is active then. Each replica
 * goes to the broker that has the fewest, counting what this plan gives it, of a rack that the
 * partition is not in, if there is one.
 *
 * @param moves the wanted replicas of partitions that can begin to move now, for {@code
 *     AlterReassignments}
 * @param progress how far the drain is, without these moves
 */
public record DrainPlan(SortedMap<PartitionId, List<Integer>> moves, Progress progress) {

    public DrainPlan {
        moves = Collections.unmodifiableSortedMap(new TreeMap<>(moves));
    }

    /**
     * How far a drain is.
     *
     * @param replicaCount replicas that the broker still has
     * @param movingCount those of them that are about to go
     * @param leaderCount partitions that it leads
     * @param stuck why replicas do not go, by partition; at most {@link #REASONS_MAX} of them
     */
    public record Progress(
            int replicaCount,
            int movingCount,
            int leaderCount,
            SortedMap<PartitionId, String> stuck) {

        /**
         * Reasons told at once; a broker that is stuck is mostly stuck everywhere for one reason.
         */
        public static final int REASONS_MAX = 100;

        public Progress {
            stuck = Collections.unmodifiableSortedMap(new TreeMap<>(stuck));
        }

        /** Whether the broker has nothing left and may be unregistered. */
        public boolean done() {
            return replicaCount == 0;
        }
    }

    /**
     * What to do next.
     *
     * @param movesMax reassignments of this drain that may be under way at once; those that are
     *     already are counted
     */
    public static DrainPlan of(int brokerId, int movesMax, MetadataImage image) {
        return new Planner(brokerId, image).plan(movesMax);
    }

    /** Makes one plan. */
    private static final class Planner {

        private final int leaving;
        private final MetadataImage image;
        private final Map<Integer, Integer> given = new TreeMap<>();
        private final SortedMap<PartitionId, List<Integer>> moves = new TreeMap<>();
        private final SortedMap<PartitionId, String> stuck = new TreeMap<>();
        private int movingCount;

        Planner(int leaving, MetadataImage image) {
            this.leaving = leaving;
            this.image = image;
        }

        DrainPlan plan(int movesMax) {
            PartitionSet replicas = image.topics().replicasOn(leaving);
            for (PartitionId id : image.topics().reassigning().ids()) {
                PartitionRegistration partition = partition(id);
                if (partition.removing().has(leaving)) {
                    movingCount++;
                    obstacle(partition).ifPresent(why -> isStuck(id, why));
                }
            }
            // Whoever asks for few moves does not pay for all that is there.
            Iterator<PartitionId> rest = replicas.ids().iterator();
            while (moves.size() + movingCount < movesMax && rest.hasNext()) {
                PartitionId id = rest.next();
                PartitionRegistration partition = partition(id);
                if (!partition.removing().has(leaving)) {
                    move(id, partition);
                }
            }
            int leaders = image.topics().ledBy(leaving).size();
            return new DrainPlan(moves, new Progress(replicas.size(), movingCount, leaders, stuck));
        }

        private PartitionRegistration partition(PartitionId id) {
            return image.topics().partition(id).orElseThrow();
        }

        private void move(PartitionId id, PartitionRegistration partition) {
            if (partition.reassigning()) {
                isStuck(id, "another reassignment of it is under way");
                return;
            }
            Optional<Integer> successor = successor(partition.replicas());
            if (successor.isEmpty()) {
                isStuck(
                        id,
                        "no broker in service is without a replica of it; %d are needed beside %d"
                                .formatted(partition.replicas().size(), leaving));
                return;
            }
            given.merge(successor.get(), 1, Integer::sum);
            var wanted = new ArrayList<Integer>();
            for (int replica : partition.replicas().asList()) {
                wanted.add(replica == leaving ? successor.get() : replica);
            }
            moves.put(id, wanted);
        }

        private Optional<Integer> successor(BrokerIds replicas) {
            Set<String> taken = new HashSet<>();
            for (int replica : replicas.asList()) {
                if (replica != leaving) {
                    image.brokers().broker(replica).map(Placement::domainOf).ifPresent(taken::add);
                }
            }
            BrokerRegistration best = null;
            for (BrokerRegistration broker : image.brokers().byId().values()) {
                boolean possible =
                        broker.brokerId() != leaving
                                && image.brokers().welcomes(broker.brokerId())
                                && !replicas.has(broker.brokerId());
                if (possible && (best == null || better(broker, best, taken))) {
                    best = broker;
                }
            }
            return Optional.ofNullable(best).map(BrokerRegistration::brokerId);
        }

        private boolean better(
                BrokerRegistration one, BrokerRegistration other, Set<String> taken) {
            boolean free = !taken.contains(Placement.domainOf(one));
            boolean otherFree = !taken.contains(Placement.domainOf(other));
            return free == otherFree ? load(one) < load(other) : free;
        }

        private int load(BrokerRegistration broker) {
            return image.topics().replicasOn(broker.brokerId()).size()
                    + given.getOrDefault(broker.brokerId(), 0);
        }

        /** Why a move under way cannot end. */
        private Optional<String> obstacle(PartitionRegistration partition) {
            if (!partition.hasLeader()) {
                return Optional.of("it has no leader to copy from");
            }
            for (int added : partition.adding().asList()) {
                if (!image.brokers().isActive(added)) {
                    return Optional.of("broker " + added + ", which gets it, is not in service");
                }
            }
            return Optional.empty();
        }

        private void isStuck(PartitionId id, String why) {
            if (stuck.size() < Progress.REASONS_MAX) {
                stuck.put(id, why);
            }
        }
    }
}
