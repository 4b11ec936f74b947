package io.tombolo.linker;

import io.tombolo.linker.mirror.MirrorPartition;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkStatus.PartitionStatus;
import io.tombolo.region.link.LinkStatus.Progress;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.LinkStatus.TopicStatus;
import io.tombolo.region.link.LinkStatus.Trouble;
import io.tombolo.region.link.LossBound;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Puts the status of a link together. Stateless. */
final class StatusReport {

    private static final long NANOS_PER_MS = 1_000_000;

    private StatusReport() {}

    static PartitionStatus partition(PartitionWorker worker, LinkScope scope, long measuredNanos) {
        MirrorPartition machine = worker.machine();
        long sinceMs = TimeUnit.NANOSECONDS.toMillis(scope.now() - measuredNanos);
        // Where the source of what was given up stands is not followed, and may mean nothing here.
        Lag lag =
                worker.isGivenUp()
                        ? Lag.UNKNOWN
                        : machine.meter()
                                .lag(
                                        measuredNanos,
                                        scope.host().clock().wallTimeMs() - sinceMs,
                                        worker.isAnswered());
        Optional<Trouble> trouble =
                machine.trouble()
                        .map(reason ->
                                new Trouble(
                                        reason,
                                        machine.failures(),
                                        inMs(worker.retryAtNanos(), scope.now())));
        return new PartitionStatus(
                worker.id(),
                machine.state(),
                lag,
                new Progress(
                        machine.local().endOffset(),
                        machine.local().highWatermark(),
                        machine.local().lastEpoch(),
                        machine.meter().sourceEnd(),
                        machine.sourceLogStart()),
                trouble);
    }

    /**
     * What is known of topics as a whole.
     *
     * @param uncopied those that are not copied, or not all of their partitions
     * @param uncopiedState the state of those of which there is nothing here
     */
    record Topics(Map<String, Trouble> troubles, Set<String> uncopied, State uncopiedState) {}

    /**
     * @param measuredNanos the moment of which the lags are: now, unless the link has stopped
     */
    static List<TopicStatus> topics(
            Collection<PartitionWorker> workers,
            Topics known,
            LinkScope scope,
            long measuredNanos) {
        var byTopic = new TreeMap<String, List<PartitionStatus>>();
        for (PartitionWorker worker : workers) {
            byTopic.computeIfAbsent(worker.id().topic(), _ -> new ArrayList<>())
                    .add(partition(worker, scope, measuredNanos));
        }
        known.troubles().keySet().forEach(topic -> byTopic.computeIfAbsent(topic, _ -> List.of()));
        known.uncopied().forEach(topic -> byTopic.computeIfAbsent(topic, _ -> List.of()));
        var topics = new ArrayList<TopicStatus>(byTopic.size());
        byTopic.forEach((topic, partitions) -> topics.add(topic(topic, partitions, known)));
        return topics;
    }

    private static TopicStatus topic(String name, List<PartitionStatus> partitions, Topics known) {
        Lag lag = partitions.isEmpty() || known.uncopied().contains(name) ? Lag.UNKNOWN : Lag.NONE;
        State worst = partitions.isEmpty() ? known.uncopiedState() : State.STOPPED;
        Optional<Trouble> shown = Optional.ofNullable(known.troubles().get(name));
        for (PartitionStatus partition : partitions) {
            lag = lag.plus(partition.lag());
            worst = worst.worse(partition.state());
            shown = shown.isPresent() ? shown : partition.trouble();
        }
        return new TopicStatus(name, worst, lag, shown, partitions);
    }

    /** Of what is copied: neither of what was given up nor of what the filter leaves out by now. */
    static Lag lagOf(Collection<PartitionWorker> workers, LinkScope scope, long measuredNanos) {
        Lag lag = Lag.NONE;
        for (PartitionWorker worker : workers) {
            if (!worker.isGivenUp() && counts(worker, scope)) {
                lag = lag.plus(partition(worker, scope, measuredNanos).lag());
            }
        }
        return lag;
    }

    /**
     * The milliseconds of {@link #lagOf} now, made without anything else: of many partitions it is
     * asked for every second.
     *
     * @param byTopic the partitions of each topic
     */
    static long lagMs(Map<String, Map<Integer, PartitionWorker>> byTopic, LinkScope scope) {
        long nowNanos = scope.now();
        long wallTimeMs = scope.host().clock().wallTimeMs();
        long worst = 0;
        for (var topic : byTopic.entrySet()) {
            if (!scope.spec().selection().copies(topic.getKey())) {
                continue;
            }
            for (PartitionWorker worker : topic.getValue().values()) {
                long ms =
                        worker.isGivenUp()
                                ? 0
                                : worker.machine()
                                        .meter()
                                        .lagMs(nowNanos, wallTimeMs, worker.isAnswered());
                if (ms < 0) {
                    return -1;
                }
                worst = Math.max(worst, ms);
            }
        }
        return worst;
    }

    /** Whether a failover does not leave it out. */
    private static boolean counts(PartitionWorker worker, LinkScope scope) {
        return scope.spec().selection().copies(worker.id().topic());
    }

    /** What would be lost if the copying had ended at this moment. */
    static LossBound lossBound(
            Collection<PartitionWorker> workers,
            Set<String> uncopied,
            LinkScope scope,
            long measuredNanos) {
        var uncounted = new TreeSet<>(uncopied);
        long records = 0;
        long bytes = 0;
        int failed = 0;
        long oldest = measuredNanos;
        boolean allHeard = true;
        boolean counted = false;
        for (PartitionWorker worker : workers) {
            if (!counts(worker, scope)) {
                continue;
            }
            var meter = worker.machine().meter();
            if (worker.isGivenUp()) {
                failed++;
                uncounted.add(worker.id().topic());
                continue;
            }
            counted = true;
            long missing = meter.records();
            records += Math.max(0, missing);
            long unsaved = meter.bytes(missing);
            bytes = bytes < 0 || unsaved < 0 ? -1 : bytes + unsaved;
            OptionalLong known = meter.knownNanos();
            allHeard &= known.isPresent() && missing >= 0;
            oldest = Math.min(oldest, known.orElse(oldest));
        }
        if (!counted && !uncounted.isEmpty()) {
            // the silence of the source is all that is known
            oldest = scope.answeredNanos().orElse(oldest);
        }
        long unheardNanos = measuredNanos - oldest;
        return new LossBound(
                records,
                bytes,
                allHeard ? Math.ceilDiv(unheardNanos, NANOS_PER_MS) : -1,
                allHeard ? scope.rate().atMost(unheardNanos) : -1,
                scope.answeredNanos().isEmpty()
                        ? -1
                        : (measuredNanos - scope.answeredNanos().getAsLong()) / NANOS_PER_MS,
                failed,
                uncounted);
    }

    static State stateOf(List<TopicStatus> topics, State ofLink) {
        State state = ofLink;
        for (LinkStatus.TopicStatus topic : topics) {
            state = state.worse(topic.state());
        }
        return state;
    }

    private static Optional<Long> inMs(OptionalLong atNanos, long nowNanos) {
        return atNanos.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        Math.max(0, TimeUnit.NANOSECONDS.toMillis(atNanos.getAsLong() - nowNanos)));
    }
}
