package io.tombolo.broker.transaction;

import io.tombolo.coordinator.transaction.TouchedPartitions;
import io.tombolo.coordinator.transaction.TransactionEvent.MarkersWanted;
import io.tombolo.environment.Entropy;
import io.tombolo.environment.EventLoop;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Brings the markers that the coordinators of this broker want to the leaders of the partitions,
 * until each partition has its marker or is gone. Mutable; owned by one loop.
 *
 * <p>To each broker one request is under way; what is wanted meanwhile goes with the next one. What
 * failed waits, each time longer, and looks for its leader anew. How much waits is bounded by the
 * transactions that are ending, which the coordinators hold anyway. A coordinator that resigns
 * takes its markers back: whoever follows it asks for them again, in a later coordinator epoch.
 */
final class MarkerSender {

    /** Partitions in one request. */
    static final int TOGETHER_MAX = 2_000;

    private final EventLoop loop;
    private final Entropy entropy;
    private final Ports ports;
    private final Map<Integer, Set<Ending>> byCoordinator = new TreeMap<>();
    private final Map<Integer, Lane> lanes = new TreeMap<>();
    private boolean closed;

    MarkerSender(EventLoop loop, Entropy entropy, Ports ports) {
        this.loop = loop;
        this.entropy = entropy;
        this.ports = ports;
    }

    /** What the sender needs of its broker; every call is made and answered on its loop. */
    interface Ports {

        /** Where a marker has to go now. */
        Whereabouts find(TopicPartition partition);

        /**
         * Sends markers to a broker.
         *
         * @param answer called once, never before this returns; for each letter what became of it,
         *     NETWORK_EXCEPTION when nobody knows
         */
        void send(int brokerId, List<Letter> letters, Consumer<Map<Letter, Errors>> answer);

        /**
         * Tells the coordinator of markers that are written.
         *
         * @param answer NOT_COORDINATOR when it is none any more; called once
         */
        void written(MarkersWanted markers, TouchedPartitions written, Consumer<Errors> answer);

        /** A commit that a client may know of has no marker here: another region owns the topic. */
        void commitLost(String transactionalId, TopicPartition partition);
    }

    /** Where a partition is led. */
    sealed interface Whereabouts {

        /** There is no such partition any more. */
        record Gone() implements Whereabouts {}

        /** Nobody leads it now. */
        record Leaderless() implements Whereabouts {}

        /** A broker of the region does. */
        record LedBy(int brokerId) implements Whereabouts {}
    }

    /** One marker for one partition. */
    record Letter(Ending ending, TopicPartition partition) {}

    /** A transaction that ends. Mutable; known by identity. */
    static final class Ending {

        private final int coordinator;
        private final int coordinatorEpoch;
        private final MarkersWanted markers;
        private final Set<TopicPartition> left;
        private boolean dropped;

        /** Attempts in a row without a marker that was taken. */
        private int failures;

        private Ending(int coordinator, int coordinatorEpoch, MarkersWanted markers) {
            this.coordinator = coordinator;
            this.coordinatorEpoch = coordinatorEpoch;
            this.markers = markers;
            this.left = new HashSet<>(markers.partitions().list());
        }

        MarkersWanted markers() {
            return markers;
        }

        /** The leader epoch of the partition of {@code __transaction_state}. */
        int coordinatorEpoch() {
            return coordinatorEpoch;
        }
    }

    /** What goes to one broker. */
    private static final class Lane {
        private final ArrayDeque<Letter> waiting = new ArrayDeque<>();
        private boolean underWay;
    }

    /**
     * Takes on the markers of a transaction.
     *
     * @param coordinator partition of {@code __transaction_state}
     * @param coordinatorEpoch in which it is led here
     */
    void take(int coordinator, int coordinatorEpoch, MarkersWanted markers) {
        var ending = new Ending(coordinator, coordinatorEpoch, markers);
        byCoordinator.computeIfAbsent(coordinator, _ -> new LinkedHashSet<>()).add(ending);
        route(markers.partitions().list().stream().map(one -> new Letter(ending, one)).toList());
    }

    /** The markers of a coordinator are nobody's business here before this epoch of it. */
    void resigned(int coordinator, int beforeEpoch) {
        Set<Ending> endings = byCoordinator.getOrDefault(coordinator, Set.of());
        for (Ending ending : List.copyOf(endings)) {
            if (ending.coordinatorEpoch < beforeEpoch) {
                drop(ending);
            }
        }
    }

    /** Markers that are not written yet. */
    int unwritten() {
        int count = 0;
        for (Set<Ending> endings : byCoordinator.values()) {
            for (Ending ending : endings) {
                count += ending.left.size();
            }
        }
        return count;
    }

    /** Sends nothing any more. */
    void close() {
        closed = true;
        byCoordinator.clear();
        lanes.clear();
    }

    private void drop(Ending ending) {
        ending.dropped = true;
        Set<Ending> endings = byCoordinator.get(ending.coordinator);
        if (endings != null) {
            endings.remove(ending);
            if (endings.isEmpty()) {
                byCoordinator.remove(ending.coordinator);
            }
        }
    }

    private void route(List<Letter> letters) {
        var gone = new ArrayList<Letter>();
        var leaderless = new ArrayList<Letter>();
        for (Letter letter : letters) {
            if (letter.ending.dropped) {
                continue;
            }
            switch (ports.find(letter.partition)) {
                case Whereabouts.Gone _ -> gone.add(letter);
                case Whereabouts.Leaderless _ -> leaderless.add(letter);
                case Whereabouts.LedBy(int brokerId) ->
                        lanes.computeIfAbsent(brokerId, _ -> new Lane()).waiting.add(letter);
            }
        }
        settle(gone);
        rest(leaderless);
        List.copyOf(lanes.keySet()).forEach(this::send);
    }

    private void send(int brokerId) {
        Lane lane = lanes.get(brokerId);
        if (lane == null || lane.underWay) {
            return;
        }
        var together = new ArrayList<Letter>();
        while (!lane.waiting.isEmpty() && together.size() < TOGETHER_MAX) {
            Letter next = lane.waiting.remove();
            if (!next.ending.dropped) {
                together.add(next);
            }
        }
        if (together.isEmpty()) {
            lanes.remove(brokerId);
            return;
        }
        lane.underWay = true;
        ports.send(brokerId, together, outcomes -> answered(brokerId, together, outcomes));
    }

    private void answered(int brokerId, List<Letter> letters, Map<Letter, Errors> outcomes) {
        if (closed) {
            return;
        }
        var done = new ArrayList<Letter>();
        var failed = new ArrayList<Letter>();
        for (Letter letter : letters) {
            switch (outcomes.getOrDefault(letter, Errors.UNKNOWN_SERVER_ERROR)) {
                // INVALID_PRODUCER_EPOCH: the partition has it, and has gone on since.
                case NONE, INVALID_PRODUCER_EPOCH -> done.add(letter);
                // Another region owns the topic, and ends there what is open.
                case POLICY_VIOLATION -> {
                    done.add(letter);
                    if (letter.ending.markers.commit()) {
                        ports.commitLost(letter.ending.markers.id(), letter.partition);
                    }
                }
                // A later coordinator has been there: all of it is its business.
                case TRANSACTION_COORDINATOR_FENCED -> drop(letter.ending);
                default -> failed.add(letter);
            }
        }
        settle(done);
        rest(failed);
        Lane lane = lanes.get(brokerId);
        if (lane != null) {
            lane.underWay = false;
            send(brokerId);
        }
    }

    /** Tells the coordinator once per transaction. */
    private void settle(List<Letter> letters) {
        var byEnding = new LinkedHashMap<Ending, List<TopicPartition>>();
        for (Letter letter : letters) {
            if (!letter.ending.dropped && letter.ending.left.contains(letter.partition)) {
                byEnding.computeIfAbsent(letter.ending, _ -> new ArrayList<>())
                        .add(letter.partition);
            }
        }
        byEnding.forEach((ending, written) -> {
            ending.failures = 0;
            tell(ending, written, 1);
        });
    }

    private void tell(Ending ending, List<TopicPartition> written, int attempt) {
        if (closed || ending.dropped) {
            return;
        }
        ports.written(
                ending.markers,
                TouchedPartitions.of(written),
                error -> {
                    switch (error) {
                        case NONE -> {
                            written.forEach(ending.left::remove);
                            if (ending.left.isEmpty()) {
                                drop(ending);
                            }
                        }
                        case NOT_COORDINATOR -> drop(ending);
                        default ->
                                loop.schedule(
                                        MarkerPace.delayNanos(attempt, entropy),
                                        () -> tell(ending, written, attempt + 1));
                    }
                });
    }

    /** What failed as often as something else in the same answer comes again together with it. */
    private void rest(List<Letter> letters) {
        Set<Ending> endings = new LinkedHashSet<>();
        letters.forEach(letter -> endings.add(letter.ending));
        endings.forEach(ending -> ending.failures++);
        var byFailures = new TreeMap<Integer, List<Letter>>();
        for (Letter letter : letters) {
            int failures = Math.min(letter.ending.failures, MarkerPace.FAILURES_MAX);
            byFailures.computeIfAbsent(failures, _ -> new ArrayList<>()).add(letter);
        }
        byFailures.forEach((failures, together) ->
                loop.schedule(
                        MarkerPace.delayNanos(failures, entropy), () -> routeAgain(together)));
    }

    private void routeAgain(List<Letter> letters) {
        if (!closed) {
            route(letters);
        }
    }
}
