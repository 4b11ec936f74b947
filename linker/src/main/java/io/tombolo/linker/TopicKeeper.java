package io.tombolo.linker;

import io.tombolo.linker.TopicPlan.Decision;
import io.tombolo.linker.source.SourceCluster;
import io.tombolo.linker.source.SourceInventory;
import io.tombolo.linker.source.SourceTopic;
import io.tombolo.region.link.LinkAdmin;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkStatus.Trouble;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.Reason;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.Collections;
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
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keeps the mirror topics of this region in step with the source: what {@link TopicPlan} decides is
 * carried out by the broker that coordinates the link. Mutable; owned by the loop of the link.
 */
final class TopicKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(TopicKeeper.class);
    private static final int MISSING_TIMES = 3;
    private static final long CONFIG_AGE_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
    private static final long REFUSAL_NANOS = TimeUnit.SECONDS.toNanos(30);

    /**
     * @param denied whether the source does not tell them to this link
     */
    private record KnownConfigs(
            SortedMap<String, String> configs, boolean denied, long readNanos) {}

    private record Refusal(Reason reason, long count, long retryAtNanos) {}

    private final LinkScope scope;
    private final SourceCluster cluster;
    private final TopicPlan plan;
    private final Map<String, KnownConfigs> configs = new HashMap<>();
    private final Map<String, Integer> missing = new HashMap<>();
    private final Map<String, Refusal> refusals = new TreeMap<>();
    private final Set<String> commanded = new HashSet<>();

    /** How many partitions topics of the source have of which there are fewer here, or none. */
    private final Map<String, Integer> wanted = new TreeMap<>();

    /** What the source had when it was asked first, by name; the rest it got later. */
    private SortedMap<String, SourceTopic> first = Collections.emptySortedMap();

    private final StartDesk starts;
    private boolean asked;
    private Map<String, MirrorTopic.State> states = Map.of();
    private boolean readingConfigs;
    private int turn;

    TopicKeeper(LinkScope scope, SourceCluster cluster) {
        this.scope = scope;
        this.cluster = cluster;
        this.plan = new TopicPlan(scope.safeguards());
        this.starts = new StartDesk(scope, cluster);
    }

    /**
     * The source has told what it has.
     *
     * @param verdict hears, for each mirror topic that can be judged, why its source cannot be
     *     followed, or that it can
     */
    void inventoryKnown(
            SourceInventory inventory, boolean coordinates, Consumer<Decision> verdict) {
        countMissing(inventory);
        if (!asked) {
            asked = true;
            first = inventory.topics();
        }
        if (!coordinates) {
            refusals.clear(); // what another broker is refused it tells itself
            configs.clear();
        }
        List<Decision> decisions = decide(inventory);
        note(decisions);
        for (Decision decision : decisions) {
            if (decision instanceof Decision.Lose || decision instanceof Decision.Find) {
                verdict.accept(decision);
            }
            if (coordinates) {
                carryOut(decision);
            }
        }
        if (coordinates && scope.spec().settings().syncConfigs()) {
            readConfigs(inventory);
        }
    }

    /**
     * Topics that should be mirrored and are not, or not all their partitions. Every broker knows
     * them; only the one that coordinates the link knows why.
     */
    SortedSet<String> uncopied() {
        var uncopied = new TreeMap<>(wanted);
        for (MirrorTopic mirror : mirrors()) {
            uncopied.computeIfPresent(
                    mirror.name(), (_, count) -> mirror.partitionCount() < count ? count : null);
        }
        return Collections.unmodifiableSortedSet(new TreeSet<>(uncopied.keySet()));
    }

    /** What the link could not do with topics, with the reason. */
    SortedMap<String, Trouble> troubles() {
        var troubles = new TreeMap<String, Trouble>();
        var denied =
                new Trouble(
                        new Reason(
                                Reason.Code.SOURCE_DENIED,
                                "the source does not tell the link its configurations; those of"
                                        + " the copy are this region's"),
                        1,
                        Optional.empty());
        for (MirrorTopic mirror : mirrors()) {
            KnownConfigs known = configs.get(scope.sourceOf(mirror.name()));
            if (scope.spec().settings().syncConfigs() && known != null && known.denied) {
                troubles.put(mirror.name(), denied);
            }
        }
        refusals.forEach((topic, refusal) ->
                troubles.put(
                        topic,
                        new Trouble(
                                refusal.reason,
                                refusal.count,
                                Optional.of(
                                        Math.max(
                                                0,
                                                TimeUnit.NANOSECONDS.toMillis(
                                                        refusal.retryAtNanos - scope.now()))))));
        return Collections.unmodifiableSortedMap(troubles);
    }

    /** What is not decided any more is not refused any more either. */
    private void note(List<Decision> decisions) {
        var decided = new HashSet<String>();
        wanted.clear();
        for (Decision decision : decisions) {
            decided.add(decision.topic());
            if (decision instanceof Decision.Create(var source, var copy)) {
                wanted.put(copy, source.partitions().size());
            } else if (decision instanceof Decision.Grow(var topic, int count)) {
                wanted.put(topic, count);
            }
        }
        refusals.keySet().retainAll(decided);
    }

    private List<Decision> decide(SourceInventory inventory) {
        var known = new HashMap<String, SortedMap<String, String>>();
        if (scope.spec().settings().syncConfigs()) {
            configs.forEach((topic, value) -> {
                if (!value.denied) { // a copy keeps what it had
                    known.put(topic, value.configs);
                }
            });
        }
        var missingForLong = new HashSet<String>();
        missing.forEach((topic, times) -> {
            if (times >= MISSING_TIMES) {
                missingForLong.add(topic);
            }
        });
        List<MirrorTopic> mirrors = mirrors();
        states = new HashMap<>();
        mirrors.forEach(mirror -> states.put(mirror.name(), mirror.state()));
        return plan.decide(
                new TopicPlan.Situation(
                        inventory, known, mirrors, scope.spec().selection(), missingForLong));
    }

    private List<MirrorTopic> mirrors() {
        return scope.host().admin().mirrorTopics(scope.spec().name());
    }

    private void countMissing(SourceInventory inventory) {
        var counted = new HashMap<String, Integer>();
        for (MirrorTopic mirror : mirrors()) {
            if (!inventory.topics().containsKey(scope.sourceOf(mirror.name()))) {
                counted.put(mirror.name(), missing.getOrDefault(mirror.name(), 0) + 1);
            }
        }
        missing.clear();
        missing.putAll(counted);
    }

    // --- commands

    private void carryOut(Decision decision) {
        String topic = decision.topic();
        Refusal refusal = refusals.get(topic);
        boolean refusedLately = refusal != null && scope.now() < refusal.retryAtNanos;
        if (commanded.contains(topic) || refusedLately) {
            return;
        }
        LinkAdmin admin = scope.host().admin();
        var link = scope.spec().name();
        switch (decision) {
            case Decision.Create create -> create(create);
            case Decision.Restart restart -> restart(restart);
            case Decision.Grow(var name, int count) ->
                    command(name, answer -> admin.growMirrorTopic(link, name, count, answer));
            case Decision.Configure(var name, var changes) ->
                    command(name, answer -> admin.setMirrorConfigs(link, name, changes, answer));
            case Decision.Lose(var name, var reason) ->
                    become(name, MirrorTopic.State.FAILED, Optional.of(reason));
            case Decision.Find(var name, _) -> {
                if (stateOf(name) == MirrorTopic.State.FAILED) {
                    become(name, MirrorTopic.State.MIRRORING, Optional.empty());
                }
            }
        }
    }

    private void create(Decision.Create decision) {
        SourceTopic source = decision.source();
        KnownConfigs known = configs.get(source.name());
        if (known == null && scope.spec().settings().syncConfigs()) {
            return; // decided again once the configurations have been read
        }
        SortedMap<String, String> found = configsOf(known);
        int startedCount = startedCount(source);
        if (startedCount == 0) {
            create(decision, List.of(), found);
            return;
        }
        commanded.add(decision.topic());
        starts.ask(
                source,
                scope.spec().selection().start(),
                answer -> {
                    commanded.remove(decision.topic());
                    switch (answer) {
                        case StartDesk.Found(var offsets) ->
                                create(decision, offsets.subList(0, startedCount), found);
                        case StartDesk.Unsaid(var reason) -> refused(decision.topic(), reason, 0);
                    }
                });
    }

    /** A paused link leaves the copy as it is. */
    private void restart(Decision.Restart decision) {
        if (scope.spec().intent().paused()) {
            return;
        }
        Decision.Create anew = decision.anew();
        KnownConfigs known = configs.get(anew.source().name());
        if (known == null && scope.spec().settings().syncConfigs()) {
            return; // decided again once the configurations have been read
        }
        LOG.atWarn()
                .addKeyValue("link", scope.spec().name())
                .addKeyValue("topic", anew.topic())
                .addKeyValue("left", decision.left())
                .addKeyValue("source topic", anew.source().id())
                .log("mirror topic begins anew with the new topic of its source");
        var topic = newMirror(anew, List.of(), configsOf(known));
        command(
                anew.topic(),
                answer -> scope.host().admin().restartMirrorTopic(topic, decision.left(), answer));
    }

    private static SortedMap<String, String> configsOf(@Nullable KnownConfigs known) {
        return known == null ? Collections.emptySortedMap() : known.configs;
    }

    /** Of how many partitions the copies begin where the link is to start: those it found. */
    private int startedCount(SourceTopic source) {
        SourceTopic before = first.get(source.name());
        boolean whole = scope.spec().selection().start() instanceof LinkSpec.Start.Earliest;
        return whole || before == null || !before.id().equals(source.id())
                ? 0
                : Math.min(before.partitions().size(), source.partitions().size());
    }

    private void create(
            Decision.Create decision, List<Long> starts, SortedMap<String, String> configs) {
        var topic = newMirror(decision, starts, configs);
        command(decision.topic(), answer -> scope.host().admin().createMirrorTopic(topic, answer));
    }

    private LinkAdmin.NewMirrorTopic newMirror(
            Decision.Create decision, List<Long> starts, SortedMap<String, String> configs) {
        return new LinkAdmin.NewMirrorTopic(
                scope.spec().name(),
                decision.topic(),
                decision.source().id(),
                decision.source().partitions().size(),
                starts,
                configs);
    }

    private void become(String topic, MirrorTopic.State state, Optional<Reason> reason) {
        if (stateOf(topic) != state) {
            LOG.atInfo()
                    .addKeyValue("link", scope.spec().name())
                    .addKeyValue("topic", topic)
                    .addKeyValue("state", state)
                    .addKeyValue("reason", reason.map(Reason::toString).orElse(""))
                    .log("mirror topic changes state");
            command(
                    topic,
                    answer ->
                            scope.host()
                                    .admin()
                                    .setMirrorState(
                                            scope.spec().name(), topic, state, reason, answer));
        }
    }

    private MirrorTopic.State stateOf(String topic) {
        return states.getOrDefault(topic, MirrorTopic.State.STOPPED);
    }

    private void command(String topic, Consumer<Consumer<LinkAdmin.Answer>> command) {
        commanded.add(topic);
        command.accept(answer -> commandAnswered(topic, answer));
    }

    private void commandAnswered(String topic, LinkAdmin.Answer answer) {
        commanded.remove(topic);
        switch (answer) {
            case LinkAdmin.Applied _ -> refusals.remove(topic);
            case LinkAdmin.Refused(var reason) -> refused(topic, reason, REFUSAL_NANOS);
            case LinkAdmin.Unavailable(var detail) ->
                    refused(topic, new Reason(Reason.Code.LOCAL_UNAVAILABLE, detail), 0);
        }
    }

    private void refused(String topic, Reason reason, long delayNanos) {
        Refusal before = refusals.get(topic);
        long count = before == null ? 1 : before.count + 1;
        refusals.put(topic, new Refusal(reason, count, scope.now() + delayNanos));
    }

    // --- configurations

    private void readConfigs(SourceInventory inventory) {
        var topics = new ArrayList<String>();
        for (String topic : inventory.topics().keySet()) {
            KnownConfigs known = configs.get(topic);
            boolean old = known == null || scope.now() - known.readNanos >= CONFIG_AGE_NANOS_MAX;
            if (old && scope.spec().selection().topics().includes(topic)) {
                topics.add(topic);
            }
        }
        configs.keySet().retainAll(inventory.topics().keySet());
        var nodes = List.copyOf(cluster.brokers());
        if (topics.isEmpty() || nodes.isEmpty() || readingConfigs) {
            return;
        }
        readingConfigs = true;
        SourceConfigReader.read(
                nodes.get(Math.floorMod(turn++, nodes.size())), // another one, should one be down
                topics,
                (topic, overrides) -> configRead(topic, overrides),
                () -> configsRead(inventory));
    }

    private void configRead(String topic, Optional<SortedMap<String, String>> overrides) {
        configs.put(
                topic,
                new KnownConfigs(
                        overrides.orElse(Collections.emptySortedMap()),
                        overrides.isEmpty(),
                        scope.now()));
    }

    private void configsRead(SourceInventory inventory) {
        readingConfigs = false;
        if (!scope.isClosed()) {
            decide(inventory).forEach(this::carryOut);
        }
    }
}
