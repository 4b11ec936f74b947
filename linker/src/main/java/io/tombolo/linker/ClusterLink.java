package io.tombolo.linker;

import io.tombolo.linker.TopicPlan.Decision;
import io.tombolo.linker.mirror.LagMeter;
import io.tombolo.linker.mirror.PartitionEffect;
import io.tombolo.linker.mirror.PartitionEvent;
import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.linker.source.LinkTimers;
import io.tombolo.linker.source.SourceCluster;
import io.tombolo.linker.source.SourceInventory;
import io.tombolo.region.link.FailoverOrder;
import io.tombolo.region.link.FailoverOutcome;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkAdmin;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.LinkStatus.Trouble;
import io.tombolo.region.link.LocalLeadership;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.OffsetMapping;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * An offset-preserving link on one broker: finds out what the source has, runs one {@link
 * PartitionWorker} per partition that this broker leads, copies the offsets of the groups that this
 * broker keeps, and on the broker that coordinates the link also looks after topics. Mutable; owned
 * by the loop of its host.
 */
final class ClusterLink implements Link, PartitionWorker.Desk {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterLink.class);
    private static final long REFRESH_SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final LinkScope scope;
    private final TreeMap<LinkPartition, PartitionWorker> workers = new TreeMap<>();

    /** What is known of the source's end of partitions that are led elsewhere, or not at all. */
    private final Map<LinkPartition, LagMeter> givenUp = new HashMap<>();

    private final Map<String, Map<Integer, PartitionWorker>> byTopic = new HashMap<>();
    private final Map<PartitionWorker, Integer> epochRaises = new LinkedHashMap<>();
    private final Map<PartitionWorker, PartitionEffect.RecordGap> gaps = new LinkedHashMap<>();
    private SourceCluster cluster;
    private LaneBook lanes;
    private OriginDesk origins;
    private TopicKeeper topics;
    private GroupKeeper groups;
    private SourceInventory inventory = SourceInventory.unknown();
    private LocalLeadership leadership = LocalLeadership.none();
    private Optional<Reason> trouble = Optional.empty();
    private int failures;
    private final LagWatch watch;
    private final OutageNotice outage = new OutageNotice();
    private LinkTimers.Pending refresh;
    private long refreshAtNanos;
    private boolean refreshing;
    private boolean started;
    private @Nullable FailoverRun failover;
    private long stoppedNanos;

    ClusterLink(LinkSpec spec, LinkHost host, Set<Safeguard> safeguards) {
        this.scope = new LinkScope(spec, host, safeguards);
        this.refresh = scope.timers().none();
        this.cluster = newCluster();
        this.lanes = new LaneBook(scope, cluster);
        this.origins = new OriginDesk(scope, cluster, () -> inventory);
        this.topics = new TopicKeeper(scope, cluster);
        this.groups = new GroupKeeper(scope, cluster, this::copied);
        this.watch = new LagWatch(scope, this::lagMs);
    }

    // --- what the broker asks

    @Override
    public void reconcile(LinkSpec desired, LocalLeadership leads) {
        if (scope.isClosed() || failover != null) {
            return;
        }
        boolean moved = !desired.source().equals(scope.spec().source());
        scope.follow(desired);
        leadership = leads;
        if (moved) {
            reconnect();
        }
        giveUp(leads);
        takeOver(leads);
        applyIntent();
        lanes.sweep();
        if (scope.budget().limit(shareOfLimit(), scope.now())) {
            lanes.wake();
        }
        groups.follow();
        if (!started) {
            started = true;
            watch.start();
            refreshAfter(0);
        }
    }

    @Override
    public LinkStatus status() {
        long measured = failover == null ? scope.now() : stoppedNanos;
        SortedSet<String> uncopied = topics.uncopied();
        var known =
                new StatusReport.Topics(
                        topics.troubles(),
                        uncopied,
                        failover == null ? State.PREPARING : State.STOPPED);
        var topicStatus = StatusReport.topics(workers.values(), known, scope, measured);
        State own = State.ACTIVE;
        if (failover != null) {
            own = failover.isOver() ? State.STOPPED : State.STOPPING;
        } else if (!started) {
            own = State.PREPARING;
        } else if (trouble.isPresent()) {
            own = trouble.get().denied() ? State.FAILED : State.SOURCE_UNAVAILABLE;
        } else if (scope.spec().intent().paused()) {
            own = State.PAUSED;
        } else if (inventory.brokers().isEmpty()) {
            own = State.PREPARING;
        }
        return new LinkStatus(
                scope.spec().name(),
                StatusReport.stateOf(topicStatus, own),
                lag(measured),
                watch.history(),
                StatusReport.lossBound(workers.values(), uncopied, scope, measured),
                trouble.map(reason -> new Trouble(reason, failures, Optional.of(refreshInMs()))),
                topicStatus,
                groups.status());
    }

    private Lag lag(long measuredNanos) {
        return scope.answeredNanos().isEmpty()
                ? Lag.UNKNOWN
                : StatusReport.lagOf(workers.values(), scope, measuredNanos);
    }

    private long lagMs() {
        return scope.answeredNanos().isEmpty() ? -1 : StatusReport.lagMs(byTopic, scope);
    }

    @Override
    public OffsetMapping offsets() {
        return (partition, sourceOffset) -> {
            PartitionWorker worker = workers.get(partition);
            long end = worker == null ? -1 : worker.machine().local().highWatermark();
            if (end < 0) {
                return new OffsetMapping.Mapped(0, OffsetMapping.Confidence.UNKNOWN);
            }
            return sourceOffset <= end
                    ? new OffsetMapping.Mapped(sourceOffset, OffsetMapping.Confidence.EXACT)
                    : new OffsetMapping.Mapped(end, OffsetMapping.Confidence.NOT_COPIED_YET);
        };
    }

    @Override
    public CompletionStage<FailoverOutcome> failover(FailoverOrder order) {
        FailoverRun known = failover;
        if (known != null && order.ownershipEpoch() >= known.order().ownershipEpoch()) {
            return known.outcome();
        }
        if (known != null || order.ownershipEpoch() < scope.spec().intent().ownershipEpoch()) {
            var current = new FailoverRun(scope, order, workers.values());
            return CompletableFuture.completedStage(
                    current.report(
                            order.ownershipEpoch(),
                            Optional.of(
                                    new Reason(
                                            Reason.Code.OWNERSHIP_STALE,
                                            "a higher ownership epoch is known here"))));
        }
        var run = new FailoverRun(scope, order, workers.values());
        failover = run;
        stoppedNanos = scope.now();
        trouble = Optional.empty(); // the source does not matter any more
        groups.stop();
        watch.stop();
        refresh.cancel();
        LOG.atInfo()
                .addKeyValue("link", scope.spec().name())
                .addKeyValue("ownershipEpoch", order.ownershipEpoch())
                .log("link stops for a failover");
        run.begin();
        if (scope.safeguards().contains(Safeguard.STOP)) {
            lanes.close();
            cluster.close();
        }
        return run.outcome();
    }

    @Override
    public void close() {
        if (!scope.isClosed()) {
            scope.close();
            groups.stop();
            lanes.close();
            workers.values().forEach(PartitionWorker::abandon);
            cluster.close();
        }
    }

    // --- partitions

    private void giveUp(LocalLeadership leads) {
        for (PartitionWorker worker : List.copyOf(workers.values())) {
            if (!leads.partitions().contains(worker.id())) {
                lanes.release(worker);
                worker.abandon();
                givenUp.put(worker.id(), worker.machine().meter());
                workers.remove(worker.id());
                workersOf(worker.id().topic()).remove(worker.id().partition(), worker);
            }
        }
    }

    private Map<Integer, PartitionWorker> workersOf(String topic) {
        return byTopic.computeIfAbsent(topic, _ -> new TreeMap<>());
    }

    private void takeOver(LocalLeadership leads) {
        var origins = new HashMap<Uuid, MirrorTopic.Origin>();
        for (MirrorTopic mirror : scope.host().admin().mirrorTopics(scope.spec().name())) {
            origins.put(mirror.topicId(), mirror.origin());
        }
        for (LinkPartition partition : leads.partitions()) {
            if (!workers.containsKey(partition)) {
                var worker =
                        new PartitionWorker(
                                partition,
                                sourceOf(partition, origins.get(partition.topicId())),
                                scope,
                                this);
                Optional.ofNullable(givenUp.remove(partition))
                        .ifPresent(worker.machine().meter()::inherit);
                workers.put(partition, worker);
                workersOf(partition.topic()).put(partition.partition(), worker);
                worker.feed(new PartitionEvent.Started());
                assign(worker);
            }
        }
    }

    /**
     * @param origin absent while the metadata do not know the mirror topic yet
     */
    private PartitionWorker.Source sourceOf(
            LinkPartition partition, MirrorTopic.@Nullable Origin origin) {
        return new PartitionWorker.Source(
                scope.sourceOf(partition.topic()),
                origin == null ? partition.topicId() : origin.topicId(),
                origin == null ? 0 : origin.startOf(partition.partition()));
    }

    private void assign(PartitionWorker worker) {
        if (!inventory.brokers().isEmpty()) {
            lanes.assign(worker, inventory);
        }
    }

    /**
     * The brokers of the region share the limit of the link by how many of its copies they lead.
     */
    private long shareOfLimit() {
        long limit = scope.spec().settings().volume().bytesPerSecondMax();
        long copies = 0;
        for (MirrorTopic mirror : scope.host().admin().mirrorTopics(scope.spec().name())) {
            copies += mirror.state() == MirrorTopic.State.STOPPED ? 0 : mirror.partitionCount();
        }
        if (limit == 0 || copies == 0) {
            return limit;
        }
        double share = Math.min(1.0, (double) leadership.partitions().size() / copies);
        return Math.max(1, (long) (limit * share));
    }

    /** Pauses and resumes what the specification and the states of the topics ask for. */
    private void applyIntent() {
        var states = new HashMap<String, MirrorTopic.State>();
        for (MirrorTopic mirror : scope.host().admin().mirrorTopics(scope.spec().name())) {
            states.put(mirror.name(), mirror.state());
        }
        for (PartitionWorker worker : List.copyOf(workers.values())) {
            String topic = worker.id().topic();
            MirrorTopic.State state = states.getOrDefault(topic, MirrorTopic.State.MIRRORING);
            if (state == MirrorTopic.State.STOPPING || state == MirrorTopic.State.STOPPED) {
                worker.feed(new PartitionEvent.Stopped());
                continue;
            }
            worker.allowJump(scope.spec().selection().gap() == LinkSpec.Gap.JUMP);
            boolean pause =
                    scope.spec().intent().paused()
                            || state == MirrorTopic.State.PAUSED
                            || !scope.spec().selection().copies(topic);
            if (worker.wantPaused(pause)) {
                assign(worker);
            }
        }
    }

    @Override
    public void changed(PartitionWorker worker) {
        FetchLane lane = worker.lane();
        if (lane != null && worker.machine().wantsFetch()) {
            lane.wake();
        }
    }

    @Override
    public void askOrigin(PartitionWorker worker, int attempt, int epoch) {
        origins.ask(worker, attempt, epoch);
    }

    @Override
    public void raiseEpoch(PartitionWorker worker, int atLeast) {
        if (epochRaises.isEmpty()) {
            scope.loop().execute(this::raiseEpochs);
        }
        epochRaises.merge(worker, atLeast, Math::max);
    }

    private void raiseEpochs() {
        var raises = new LinkedHashMap<>(epochRaises);
        epochRaises.clear();
        if (scope.isClosed() || raises.isEmpty()) {
            return;
        }
        var command = new TreeMap<LinkPartition, Integer>();
        raises.forEach((worker, epoch) -> command.put(worker.id(), epoch));
        scope.host()
                .admin()
                .raiseLeaderEpochs(
                        command,
                        answer -> raises.keySet().forEach(worker -> worker.feed(eventOf(answer))));
    }

    private static PartitionEvent eventOf(LinkAdmin.Answer answer) {
        return switch (answer) {
            case LinkAdmin.Applied _ -> new PartitionEvent.EpochRaised();
            case LinkAdmin.Refused(var reason) ->
                    new PartitionEvent.EpochNotRaised(reason.toString());
            case LinkAdmin.Unavailable(var detail) -> new PartitionEvent.EpochNotRaised(detail);
        };
    }

    @Override
    public void recordGap(PartitionWorker worker, PartitionEffect.RecordGap gap) {
        if (gaps.isEmpty()) {
            scope.loop().execute(this::recordGaps);
        }
        gaps.put(worker, gap);
    }

    private void recordGaps() {
        var found = new LinkedHashMap<>(gaps);
        gaps.clear();
        if (scope.isClosed() || found.isEmpty()) {
            return;
        }
        var command = new TreeMap<LinkPartition, MirrorTopic.Gap>();
        found.forEach((worker, gap) -> command.put(worker.id(), gap.gap()));
        scope.host()
                .admin()
                .recordGaps(
                        command,
                        answer -> {
                            if (answer instanceof LinkAdmin.Applied) {
                                command.forEach(this::tell);
                            }
                            found.forEach((worker, gap) -> worker.feed(eventOf(answer, gap)));
                        });
    }

    private void tell(LinkPartition partition, MirrorTopic.Gap gap) {
        LOG.atWarn()
                .addKeyValue("link", scope.spec().name())
                .addKeyValue("partition", partition)
                .addKeyValue("from", gap.fromOffset())
                .addKeyValue("to", gap.toOffset())
                .log("copy goes on behind records that its source deleted");
    }

    private static PartitionEvent eventOf(LinkAdmin.Answer answer, PartitionEffect.RecordGap gap) {
        return switch (answer) {
            case LinkAdmin.Applied _ -> new PartitionEvent.GapRecorded(gap.attempt());
            case LinkAdmin.Refused(var reason) ->
                    new PartitionEvent.GapNotRecorded(gap.attempt(), reason.toString());
            case LinkAdmin.Unavailable(var detail) ->
                    new PartitionEvent.GapNotRecorded(gap.attempt(), detail);
        };
    }

    @Override
    public void settled(PartitionWorker worker) {
        lanes.release(worker);
        if (failover != null) {
            failover.settled();
        }
    }

    private Optional<GroupPlan.Copied> copied(TopicPartition partition) {
        Map<Integer, PartitionWorker> numbered = byTopic.getOrDefault(partition.topic(), Map.of());
        return Optional.ofNullable(numbered.get(partition.partition()))
                .map(worker -> {
                    var local = worker.machine().local();
                    return new GroupPlan.Copied(
                            local.endOffset() >= 0 && !worker.isGivenUp(),
                            local.highWatermark(),
                            local.endOffset(),
                            local.lastEpoch());
                });
    }

    // --- the source

    private SourceCluster newCluster() {
        return new SourceCluster(
                scope.host(),
                scope.timers(),
                // The name of a region behind @ asks for that region's own view.
                "tombolo-link-%s@%s".formatted(scope.spec().name(), scope.spec().source().region()),
                scope.spec().source().bootstrap());
    }

    /** The source has other addresses: everything is asked again there. */
    private void reconnect() {
        groups.stop();
        lanes.close();
        cluster.close();
        cluster = newCluster();
        lanes = new LaneBook(scope, cluster);
        origins = new OriginDesk(scope, cluster, () -> inventory);
        topics = new TopicKeeper(scope, cluster);
        groups = new GroupKeeper(scope, cluster, this::copied);
        inventory = SourceInventory.unknown();
        refreshing = false;
        var reason = new Reason(Reason.Code.SOURCE_UNREACHABLE, "the source has another address");
        workers.values()
                .forEach(worker -> {
                    worker.ride(null);
                    worker.feed(new PartitionEvent.SourceFailed(reason));
                });
        refreshAfter(0);
    }

    @Override
    public void refreshSoon() {
        if (started && refreshAtNanos - scope.now() > REFRESH_SOON_NANOS) {
            refreshAfter(REFRESH_SOON_NANOS);
        }
    }

    private long refreshInMs() {
        return refreshing
                ? 0
                : Math.max(0, TimeUnit.NANOSECONDS.toMillis(refreshAtNanos - scope.now()));
    }

    private void refreshAfter(long delayNanos) {
        refresh.cancel();
        if (failover == null) {
            refreshAtNanos = scope.now() + delayNanos;
            refresh = scope.timers().after(delayNanos, this::refresh);
        }
    }

    private void refresh() {
        refreshAtNanos = Long.MAX_VALUE;
        if (refreshing || scope.isClosed()) {
            return;
        }
        refreshing = true;
        SourceCluster asked = cluster;
        cluster.refresh(answer -> {
            if (asked == cluster && !scope.isClosed()) {
                refreshed(answer);
            }
        });
    }

    private void refreshed(SourceCluster.Refreshed answer) {
        refreshing = false;
        if (failover != null) {
            return;
        }
        switch (answer) {
            case SourceCluster.Unknown(var reason) -> {
                if (outage.failed(scope.now())) {
                    LOG.atWarn()
                            .addKeyValue("link", scope.spec().name())
                            .addKeyValue("reason", reason)
                            .log("source of the link cannot be reached, retrying");
                }
                trouble = Optional.of(reason);
                refreshAfter(scope.backoffNanos(++failures));
            }
            case SourceCluster.Known(var found) -> {
                scope.answered();
                if (outage.answered(scope.now())) {
                    LOG.atInfo()
                            .addKeyValue("link", scope.spec().name())
                            .log("source of the link answers again");
                }
                trouble = Optional.empty();
                failures = 0;
                inventory = found;
                refreshAfter(scope.spec().settings().refreshTopics().toNanos());
                topics.inventoryKnown(found, leadership.coordinates(), this::judged);
                for (PartitionWorker worker : List.copyOf(workers.values())) {
                    lanes.assign(worker, found);
                    worker.feed(new PartitionEvent.MeasureDue());
                }
                lanes.sweep();
            }
        }
    }

    private void judged(Decision decision) {
        var numbered = byTopic.getOrDefault(decision.topic(), Map.of());
        for (PartitionWorker worker : List.copyOf(numbered.values())) {
            switch (decision) {
                case Decision.Lose(_, var reason) ->
                        worker.feed(new PartitionEvent.TopicLost(reason));
                case Decision.Find(_, boolean byId) ->
                        worker.feed(new PartitionEvent.TopicFound(byId));
                case Decision.Create _,
                        Decision.Restart _,
                        Decision.Grow _,
                        Decision.Configure _ -> {}
            }
        }
    }

    // --- for tests

    /** Bytes fetched and not yet appended. */
    long inFlightBytes() {
        return scope.inFlightBytes();
    }

    /** Tasks that wait for their time. */
    int timerCount() {
        return scope.timers().count();
    }
}
