package io.tombolo.linker;

import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.FailoverOrder;
import io.tombolo.region.link.FailoverOutcome;
import io.tombolo.region.link.GroupOffsets;
import io.tombolo.region.link.LinkAdmin;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkType;
import io.tombolo.region.link.LocalLeadership;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** A small model of the region at the near end of a link: its metadata, its logs, its groups. */
final class ModelRegion implements LinkAdmin, GroupOffsets {

    private static final long COPY = 1L << 40;

    static final LinkName LINK = new LinkName("eu-to-us");

    final TreeMap<String, MirrorTopic> mirrors;
    final TreeMap<String, Map<TopicPartition, Committed>> groups;

    /** Names of topics that are no mirrors. */
    final Set<String> locals = new HashSet<>();

    /** What is missing in copies, as it was written down. */
    final Map<LinkPartition, List<MirrorTopic.Gap>> gaps = new HashMap<>();

    /** Copies that were begun anew, as it was asked for. */
    final List<Restart> restarts = new ArrayList<>();

    /** Of the copy of a source topic another one's became. */
    record Restart(String topic, Uuid left, Uuid sourceTopicId) {}

    final Set<String> activeGroups = new HashSet<>();
    final Map<String, Long> committedNanos = new HashMap<>();
    Duration retention = Duration.ofDays(7);
    final ModelMirrorLog log;
    private final Environment environment;
    private final EventLoop loop;
    private final LongSupplier delayNanos;
    private LinkSpec spec;

    /** Of a region of several brokers: which one this is, which coordinates, and who else hears. */
    int brokerCount = 1;

    IntSupplier coordinator = () -> 1;
    Runnable spread = this::publish;
    @Nullable ClusterLink link;
    @Nullable FailoverOutcome outcome;

    ModelRegion(
            Environment environment,
            List<Endpoint> bootstrap,
            LinkSpec.Settings settings,
            LongSupplier delayNanos,
            BooleanSupplier failing) {
        this(environment, bootstrap, settings, delayNanos, failing, new Shared());
    }

    /** What the brokers of a region have in common. */
    static final class Shared {
        final TreeMap<String, MirrorTopic> mirrors = new TreeMap<>();
        final TreeMap<String, Map<TopicPartition, Committed>> groups = new TreeMap<>();
        final TreeMap<LinkPartition, ModelMirrorLog.Log> logs = new TreeMap<>();
    }

    ModelRegion(
            Environment environment,
            List<Endpoint> bootstrap,
            LinkSpec.Settings settings,
            LongSupplier delayNanos,
            BooleanSupplier failing,
            Shared shared) {
        this.mirrors = shared.mirrors;
        this.groups = shared.groups;
        this.environment = environment;
        this.loop = environment.loops().loop(0);
        this.delayNanos = delayNanos;
        this.log = new ModelMirrorLog(loop, environment.clock(), shared.logs, delayNanos, failing);
        this.spec =
                new LinkSpec(
                        LINK,
                        LinkType.CLUSTER_LINK,
                        new LinkSpec.Source(new RegionId("eu"), bootstrap),
                        new LinkSpec.Selection(NameFilter.of("*", "!private*"), NameFilter.of("*")),
                        settings,
                        new LinkSpec.Intent(false, 1));
    }

    /** What copies are called, where they begin and what they do when they cannot go on. */
    void copy(
            LinkSpec.Renaming renaming,
            LinkSpec.Start start,
            LinkSpec.Gap gap,
            LinkSpec.Recreate recreate) {
        var known = spec.selection();
        spec =
                new LinkSpec(
                        spec.name(),
                        spec.type(),
                        spec.source(),
                        new LinkSpec.Selection(
                                known.topics(), known.groups(), renaming, start, gap, recreate),
                        spec.settings(),
                        spec.intent());
    }

    /** The id that the copy of a topic gets: a topic of another name is another one. */
    Uuid copyIdOf(Uuid source) {
        boolean renamed = !spec.selection().renaming().equals(LinkSpec.Renaming.NONE);
        return renamed
                ? new Uuid(COPY | source.getMostSignificantBits(), source.getLeastSignificantBits())
                : source;
    }

    /** And back. */
    static Uuid sourceIdOf(Uuid copy) {
        return new Uuid(copy.getMostSignificantBits() & ~COPY, copy.getLeastSignificantBits());
    }

    // --- the link; on the loop

    void open(Set<Safeguard> safeguards) {
        var host =
                new LinkHost(
                        loop,
                        environment.clock(),
                        environment.network(),
                        environment.entropy(),
                        new LinkHost.Ports(log, this, this));
        link = new ClusterLink(spec, host, safeguards);
        publish();
    }

    void publish() {
        if (link != null) {
            var led = new TreeSet<>(log.logs.keySet());
            led.removeIf(partition -> log.logs.get(partition).leader != log.broker);
            link.reconcile(spec, new LocalLeadership(led, coordinator.getAsInt() == log.broker));
        }
    }

    void pause(boolean paused) {
        spec = spec.withPaused(paused);
        publish();
    }

    void select(String... topics) {
        spec =
                new LinkSpec(
                        spec.name(),
                        spec.type(),
                        spec.source(),
                        new LinkSpec.Selection(NameFilter.of(topics), spec.selection().groups()),
                        spec.settings(),
                        spec.intent());
        publish();
    }

    void selectGroups(String... groups) {
        spec =
                new LinkSpec(
                        spec.name(),
                        spec.type(),
                        spec.source(),
                        new LinkSpec.Selection(spec.selection().topics(), NameFilter.of(groups)),
                        spec.settings(),
                        spec.intent());
        publish();
    }

    void follow(LinkSpec.Settings settings) {
        spec =
                new LinkSpec(
                        spec.name(),
                        spec.type(),
                        spec.source(),
                        spec.selection(),
                        settings,
                        spec.intent());
        publish();
    }

    void failover(long epoch, long patienceNanos) {
        log.ownershipEpoch = epoch;
        log.frozen = true;
        if (link != null) {
            link.failover(new FailoverOrder(epoch, patienceNanos))
                    .thenAccept(report -> outcome = report);
        }
    }

    LinkStatus status() {
        if (link == null) {
            throw new IllegalStateException("no link");
        }
        return link.status();
    }

    // --- metadata

    @Override
    public List<MirrorTopic> mirrorTopics(LinkName name) {
        return new ArrayList<>(mirrors.values());
    }

    @Override
    public void createMirrorTopic(NewMirrorTopic topic, Consumer<Answer> answer) {
        change(
                answer,
                () -> {
                    if (mirrors.containsKey(topic.name()) || locals.contains(topic.name())) {
                        return new LinkAdmin.Refused(
                                new Reason(Reason.Code.NAME_TAKEN, topic.name() + " exists"));
                    }
                    put(
                            newMirror(
                                    topic,
                                    new MirrorTopic.Origin(topic.sourceTopicId(), topic.starts())));
                    return new Applied();
                });
    }

    private MirrorTopic newMirror(NewMirrorTopic topic, MirrorTopic.Origin origin) {
        return new MirrorTopic(
                topic.name(),
                copyIdOf(topic.sourceTopicId()),
                origin,
                topic.partitionCount(),
                MirrorTopic.State.MIRRORING,
                topic.configs(),
                topic.configs());
    }

    /** Does not ask whether the copy may: the link under test has to know. */
    @Override
    public void restartMirrorTopic(NewMirrorTopic topic, Uuid left, Consumer<Answer> answer) {
        change(
                answer,
                () -> {
                    MirrorTopic known = mirrors.get(topic.name());
                    restarts.add(
                            new Restart(
                                    topic.name(), known.sourceTopicId(), topic.sourceTopicId()));
                    log.logs.keySet().removeIf(id -> id.topicId().equals(known.topicId()));
                    groups.values()
                            .forEach(offsets ->
                                    offsets.keySet()
                                            .removeIf(at -> at.topic().equals(topic.name())));
                    put(newMirror(topic, known.origin().leaveFor(topic.sourceTopicId())));
                    return new Applied();
                });
    }

    @Override
    public void growMirrorTopic(
            LinkName name, String topic, int partitionCount, Consumer<Answer> answer) {
        change(
                answer,
                () -> {
                    MirrorTopic known = mirrors.get(topic);
                    put(changed(known, partitionCount, known.state()));
                    return new Applied();
                });
    }

    @Override
    public void setMirrorConfigs(
            LinkName name,
            String topic,
            SortedMap<String, Optional<String>> changes,
            Consumer<Answer> answer) {
        change(
                answer,
                () -> {
                    MirrorTopic known = mirrors.get(topic);
                    put(
                            new MirrorTopic(
                                    topic,
                                    known.topicId(),
                                    known.origin(),
                                    known.partitionCount(),
                                    known.state(),
                                    changed(known.configs(), changes),
                                    changed(known.followed(), changes)));
                    return new Applied();
                });
    }

    private static SortedMap<String, String> changed(
            SortedMap<String, String> configs, SortedMap<String, Optional<String>> changes) {
        var changed = new TreeMap<>(configs);
        changes.forEach((key, value) ->
                value.ifPresentOrElse(text -> changed.put(key, text), () -> changed.remove(key)));
        return changed;
    }

    /** Someone in this region sets a configuration of a mirror topic. */
    void choose(String topic, String key, String value) {
        MirrorTopic known = mirrors.get(topic);
        put(
                new MirrorTopic(
                        topic,
                        known.topicId(),
                        known.origin(),
                        known.partitionCount(),
                        known.state(),
                        changed(known.configs(), new TreeMap<>(Map.of(key, Optional.of(value)))),
                        known.followed()));
    }

    private static MirrorTopic changed(
            MirrorTopic known, int partitionCount, MirrorTopic.State state) {
        return new MirrorTopic(
                known.name(),
                known.topicId(),
                known.origin(),
                partitionCount,
                state,
                known.configs(),
                known.followed());
    }

    @Override
    public void setMirrorState(
            LinkName name,
            String topic,
            MirrorTopic.State state,
            Optional<Reason> reason,
            Consumer<Answer> answer) {
        change(
                answer,
                () -> {
                    MirrorTopic known = mirrors.get(topic);
                    put(changed(known, known.partitionCount(), state));
                    return new Applied();
                });
    }

    @Override
    public void raiseLeaderEpochs(Map<LinkPartition, Integer> atLeast, Consumer<Answer> answer) {
        change(
                answer,
                () -> {
                    atLeast.forEach((partition, epoch) -> {
                        var found = log.logs.get(partition);
                        if (found != null) {
                            found.leaderEpoch = Math.max(found.leaderEpoch, epoch);
                        }
                    });
                    return new Applied();
                });
    }

    @Override
    public void recordGaps(Map<LinkPartition, MirrorTopic.Gap> found, Consumer<Answer> answer) {
        change(
                answer,
                () -> {
                    found.forEach((partition, gap) ->
                            gaps.computeIfAbsent(partition, _ -> new ArrayList<>()).add(gap));
                    return new Applied();
                });
    }

    private void change(Consumer<Answer> answer, java.util.function.Supplier<Answer> change) {
        later(() -> {
            Answer result = change.get();
            answer.accept(result);
            spread.run();
        });
    }

    private void put(MirrorTopic topic) {
        mirrors.put(topic.name(), topic);
        for (int i = 0; i < topic.partitionCount(); i++) {
            int number = i;
            log.logs.computeIfAbsent(
                    new LinkPartition(topic.topicId(), topic.name(), i), _ -> newLog(number));
        }
    }

    private ModelMirrorLog.Log newLog(int partition) {
        var made = new ModelMirrorLog.Log();
        made.leader = partition % brokerCount + 1;
        made.replicated = brokerCount > 1;
        return made;
    }

    // --- groups

    @Override
    public boolean keeps(String group) {
        return Math.floorMod(group.hashCode(), brokerCount) + 1 == log.broker;
    }

    @Override
    public Duration retention() {
        return retention;
    }

    @Override
    public void groups(Consumer<SortedSet<String>> answer) {
        later(() -> answer.accept(new TreeSet<>(groups.keySet())));
    }

    @Override
    public void committed(String group, Consumer<ReadAnswer> answer) {
        later(() -> answer.accept(new Offsets(groups.getOrDefault(group, Map.of()))));
    }

    @Override
    public void commit(
            String group,
            Map<TopicPartition, Committed> offsets,
            long ownershipEpoch,
            Consumer<CommitAnswer> answer) {
        later(() -> {
            if (ownershipEpoch < log.ownershipEpoch) {
                answer.accept(new Skipped(SkipReason.OWNERSHIP_STALE, ""));
            } else if (activeGroups.contains(group)) {
                answer.accept(new Skipped(SkipReason.ACTIVE_HERE, "one member"));
            } else {
                groups.computeIfAbsent(group, _ -> new HashMap<>()).putAll(offsets);
                committedNanos.put(group, environment.clock().nanoTime());
                answer.accept(new Stored());
            }
        });
    }

    private void later(Runnable effect) {
        loop.schedule(delayNanos.getAsLong(), effect);
    }
}
