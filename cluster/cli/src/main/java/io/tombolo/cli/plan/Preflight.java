package io.tombolo.cli.plan;

import io.tombolo.cli.kafka.Handshake;
import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.environment.Endpoint;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.plan.Change;
import io.tombolo.region.plan.Change.SetLink;
import io.tombolo.region.plan.Plan;
import io.tombolo.region.plan.Plan.Finding;
import io.tombolo.region.plan.Plan.Kind;
import io.tombolo.region.plan.World;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * What a plan cannot know from metadata, tried before anything is changed: whether the source of a
 * link that would begin to copy answers, speaks what a link needs and allows it, and whether there
 * is room for the copies. Blocking.
 */
record Preflight(Shell shell, LoadedFile file, World world) {

    private static final int CONNECT_MS_MAX = 5_000;

    /** The plan with what was found; a link that cannot work is blocked, and left out of it. */
    Plan check(Plan plan) {
        var findings = new ArrayList<>(plan.findings());
        Set<String> blocked = new TreeSet<>();
        for (Change change : plan.changes()) {
            if (change instanceof SetLink set && begins(set)) {
                Optional.ofNullable(file.topology().links().get(set.link()))
                        .filter(link -> link.to().equals(set.region()))
                        .ifPresent(link -> check(link, findings, blocked));
            }
        }
        List<Change> left =
                plan.changes().stream()
                        .filter(change ->
                                !(change instanceof SetLink set
                                        && blocked.contains(set.link().name())))
                        .toList();
        return new Plan(left, findings, plan.unmanaged(), plan.guarantees());
    }

    /** Whether something is copied that was not before. */
    private static boolean begins(SetLink set) {
        return set.after().isPresent()
                && (set.before().isEmpty() || set.fields().contains(LinkEntry.TOPICS));
    }

    private void check(LinkEntry link, List<Finding> findings, Set<String> blocked) {
        Region source = file.topology().regions().get(link.from());
        if (source == null) {
            return;
        }
        List<Endpoint> brokers = source.addresses();
        var unreached = new ArrayList<String>();
        for (Endpoint broker : brokers) {
            try {
                Optional<String> missing = Handshake.with(broker, connectMs()).missing();
                if (missing.isPresent()) {
                    blocked.add(link.name().name());
                    findings.add(
                            finding(
                                    Kind.BLOCKED,
                                    link,
                                    "broker %s of %s does not speak %s"
                                            .formatted(broker, link.from(), missing.get()),
                                    "a link reads from Kafka 2.8 and later: upgrade it"));
                    return;
                }
            } catch (IOException gone) {
                unreached.add("%s (%s)".formatted(broker, gone.getMessage()));
            }
        }
        if (!unreached.isEmpty()) {
            findings.add(
                    finding(
                            Kind.WARNING,
                            link,
                            "not reached from here: " + String.join(", ", unreached),
                            "the link waits for it; tombolo link doctor %s tells more"
                                    .formatted(link.name())));
        }
        if (unreached.size() < brokers.size()) {
            if (source instanceof Region.Foreign foreign) {
                rights(link, foreign, findings, blocked);
            }
            room(link, source).ifPresent(findings::add);
        }
    }

    /** Regions of ours have no rules yet. */
    private void rights(
            LinkEntry link, Region.Foreign source, List<Finding> findings, Set<String> blocked) {
        SourceRights rights;
        try (Admin admin = KafkaRegion.connect(client(source))) {
            rights = SourceRights.ask(admin, link.topics(), link.groups(), timeoutMs());
        } catch (ExecutionException | TimeoutException untold) {
            return;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
        if (rights.none()) {
            blocked.add(link.name().name());
        }
        Kind kind = rights.none() ? Kind.BLOCKED : Kind.WARNING;
        rights.missing()
                .map(one ->
                        finding(
                                kind,
                                link,
                                "%s in %s".formatted(one.text(), link.from()),
                                "%s in %s".formatted(one.fix(), link.from())))
                .forEach(findings::add);
    }

    private int connectMs() {
        return Math.clamp(shell.timeout().toMillis(), 100, CONNECT_MS_MAX);
    }

    private static Finding finding(Kind kind, LinkEntry link, String seen, String fix) {
        return new Finding(
                kind,
                "link:%s @%s".formatted(link.name(), link.to()),
                "links." + link.name(),
                seen,
                fix);
    }

    // --- room

    /** Copies have the bytes of their source, so it is known what they will take at least. */
    private Optional<Finding> room(LinkEntry link, Region source) {
        Optional<Disks> there = disks(source);
        Optional<Disks> here = disks(file.hosted(link.to().name()));
        if (there.isEmpty() || here.isEmpty()) {
            return Optional.empty(); // an older Kafka does not tell
        }
        long wanted = there.get().bytesOf(link.topics(), known(link));
        long free = here.get().usableBytes();
        return free < 0 || wanted <= free
                ? Optional.empty()
                : Optional.of(
                        finding(
                                Kind.WARNING,
                                link,
                                "%s are to be copied for each replica, and all disks of %s together have %s"
                                        .formatted(
                                                Amounts.bytes(wanted),
                                                link.to(),
                                                Amounts.bytes(free)),
                                "make room there first, or narrow links.%s.topics"
                                        .formatted(link.name())));
    }

    private Set<String> known(LinkEntry link) {
        World.Holding holding = world.regions().get(link.to().name());
        return holding == null
                ? Set.of()
                : holding.topics().keySet().stream()
                        .flatMap(copy -> link.selection().renaming().sourceOf(copy).stream())
                        .collect(Collectors.toSet());
    }

    /**
     * What the disks of a region hold.
     *
     * @param sizes of the largest replica of each partition
     * @param usableBytes of all disks, −1 when it is not told
     */
    record Disks(Map<TopicPartition, Long> sizes, long usableBytes) {

        long bytesOf(NameFilter topics, Set<String> without) {
            return sizes.entrySet().stream()
                    .filter(one -> !one.getKey().topic().startsWith("__"))
                    .filter(one -> topics.includes(one.getKey().topic()))
                    .filter(one -> !without.contains(one.getKey().topic()))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }

    private Optional<Disks> disks(Region region) {
        int timeoutMs = timeoutMs();
        try (Admin admin = KafkaRegion.connect(client(region))) {
            var ids =
                    admin.describeCluster().nodes().get(timeoutMs, TimeUnit.MILLISECONDS).stream()
                            .map(node -> node.id())
                            .toList();
            var dirs =
                    admin.describeLogDirs(ids)
                            .allDescriptions()
                            .get(timeoutMs, TimeUnit.MILLISECONDS);
            var sizes = new HashMap<TopicPartition, Long>();
            long usable = 0;
            for (var dir : dirs.values().stream().flatMap(one -> one.values().stream()).toList()) {
                dir.replicaInfos()
                        .forEach((partition, replica) ->
                                sizes.merge(partition, replica.size(), Math::max));
                usable =
                        usable < 0 || dir.usableBytes().isEmpty()
                                ? -1
                                : usable + dir.usableBytes().getAsLong();
            }
            return Optional.of(new Disks(sizes, usable));
        } catch (ExecutionException | TimeoutException untold) {
            return Optional.empty();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    private int timeoutMs() {
        return Math.clamp(shell.timeout().toMillis(), 100, 3_600_000);
    }

    /** As the link does, to which the file gives the same settings. */
    private Map<String, Object> client(Region region) {
        var settings = new HashMap<String, Object>();
        if (region instanceof Region.Foreign foreign) {
            settings.putAll(foreign.client());
        }
        settings.put(
                "bootstrap.servers",
                region.addresses().stream()
                        .map(Endpoint::toString)
                        .collect(Collectors.joining(",")));
        settings.put("client.id", "tombolo-plan");
        settings.put("default.api.timeout.ms", timeoutMs());
        settings.put("request.timeout.ms", timeoutMs());
        settings.put("enable.metrics.push", false);
        settings.put("metric.reporters", List.of());
        return settings;
    }
}
