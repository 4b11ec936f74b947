package io.tombolo.region.topology.file;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.BrokerId;
import io.tombolo.region.ControllerId;
import io.tombolo.region.LinkName;
import io.tombolo.region.PolicyName;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.Lease;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.topology.ByteRate;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LaterSections;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Secret;
import io.tombolo.region.topology.Topics;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.Topology.Guarantee;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** Makes random topologies that break no rule. */
final class RandomTopology {

    private final Random random;
    private final List<RegionId> hosted = new ArrayList<>();
    private final Map<RegionId, Region> regions = new LinkedHashMap<>();

    RandomTopology(Random random) {
        this.random = random;
    }

    Topology next() {
        int count = random.nextInt(1, 6);
        for (int index = 0; index < count; index++) {
            var id = new RegionId(List.of("eu", "us", "no", "ap-1", "x.y_z").get(index));
            boolean foreign = index > 0 && random.nextInt(4) == 0;
            regions.put(id, foreign ? foreign(id, index) : hosted(id, index));
        }
        Map<LinkName, LinkEntry> links = links();
        var policies = new LinkedHashMap<PolicyName, FailoverPolicy>();
        links.values().stream()
                .filter(link -> link.selection().whole())
                .forEach(link -> policies.put(new PolicyName("move-" + link.name()), policy(link)));
        return new Topology(
                "name " + random.nextInt(9),
                regions,
                links,
                topics(),
                policies,
                guarantee(),
                later());
    }

    private Guarantee guarantee() {
        return hosted.size() >= Guarantee.Quorum.SITES_MIN && random.nextBoolean()
                ? new Guarantee.Quorum(
                        hosted, new Lease.Terms(Duration.ofSeconds(random.nextInt(5, 15))))
                : new Guarantee.Manual();
    }

    private Region hosted(RegionId id, int index) {
        hosted.add(id);
        int count = random.nextInt(1, 4);
        boolean numbered = random.nextBoolean();
        int kafka = 10_000 + 1_000 * index + random.nextInt(100);
        int internal = 30_000 + 1_000 * index + random.nextInt(100);
        int admin = 20_000 + 1_000 * index + random.nextInt(100);
        int registry = 20_000 + 500 + 1_000 * index + random.nextInt(100);
        var brokers = new ArrayList<Region.Broker>();
        boolean racks = random.nextBoolean();
        for (int number = 1; number <= count; number++) {
            brokers.add(
                    new Region.Broker(
                            number,
                            BrokerId.of(index, number),
                            new Region.Listeners(
                                    numbered
                                            ? new Endpoint(
                                                    "b%d.%s.internal".formatted(number, index),
                                                    9092)
                                            : new Endpoint("127.0.0.1", kafka + number - 1),
                                    new Endpoint("localhost", admin + number - 1),
                                    new Endpoint("127.0.0.1", internal + number - 1),
                                    new Endpoint("127.0.0.1", registry + number - 1)),
                            racks ? Optional.of("rack " + number % 2) : Optional.empty()));
        }
        var storage =
                new Region.Storage(
                        random.nextBoolean()
                                ? List.of("/data/" + index)
                                : List.of("/data/" + index, "/disk2/" + index + "-{n}", "/disk3"),
                        maybe(() -> "/fast/" + index),
                        maybe(() -> "s3://bucket/" + random.nextInt(9)),
                        maybe(this::duration));
        Map<String, String> config =
                random.nextBoolean()
                        ? Map.of()
                        : Map.of("num.partitions", "" + random.nextInt(1, 9), "log.roll.ms", "5");
        Map<String, Secret> secrets =
                random.nextBoolean() ? Map.of() : Map.of("ssl.key.password", secret());
        return new Region.Hosted(
                id,
                index,
                new Region.Nodes(brokers, controllers(index)),
                storage,
                config,
                new Region.Security(numbered, secrets));
    }

    private List<Region.Controller> controllers(int index) {
        int count = List.of(0, 1, 3, 5).get(random.nextInt(4));
        int admin = 40_000 + 1_000 * index + random.nextInt(100);
        int internal = 50_000 + 1_000 * index + random.nextInt(100);
        var controllers = new ArrayList<Region.Controller>();
        for (int number = 1; number <= count; number++) {
            controllers.add(
                    new Region.Controller(
                            number,
                            ControllerId.of(index, number),
                            new Endpoint("127.0.0.1", admin + number - 1),
                            new Endpoint("127.0.0.1", internal + number - 1)));
        }
        return controllers;
    }

    private Region foreign(RegionId id, int index) {
        return new Region.Foreign(
                id,
                index,
                List.of(new Endpoint("kafka-1.old", 9093), new Endpoint("::1", 9094)),
                Map.of("sasl.username", "repl: x"),
                random.nextBoolean() ? Map.of() : Map.of("sasl.password", secret()));
    }

    /** Every link has topics of its own, so that none meets another. */
    private Map<LinkName, LinkEntry> links() {
        var links = new LinkedHashMap<LinkName, LinkEntry>();
        for (int number = random.nextInt(4); number > 0 && regions.size() > 1; number--) {
            RegionId to = hosted.get(random.nextInt(hosted.size()));
            RegionId from = List.copyOf(regions.keySet()).get(random.nextInt(regions.size()));
            if (from.equals(to)) {
                continue;
            }
            var name = new LinkName("link-" + number);
            var sync =
                    new LinkEntry.Sync(
                            random.nextBoolean(), random.nextBoolean(), maybe(this::duration));
            var limits =
                    new LinkEntry.Limits(
                            maybe(() -> new ByteRate(random.nextLong(1, 1L << 40))),
                            maybe(this::duration));
            links.put(
                    name,
                    new LinkEntry(
                            name,
                            new LinkEntry.Route(from, to, pick(LinkEntry.Reverse.values())),
                            selection(number),
                            sync,
                            limits));
        }
        return links;
    }

    private LinkSpec.Selection selection(int number) {
        return new LinkSpec.Selection(
                NameFilter.of("t" + number + ".*", "!*.tmp"),
                random.nextBoolean() ? NameFilter.of("*") : NameFilter.of("!x", "a-*"),
                random.nextBoolean()
                        ? LinkSpec.Renaming.NONE
                        : new LinkSpec.Renaming(
                                "r" + number + "-", random.nextBoolean() ? "" : "_c"),
                switch (random.nextInt(3)) {
                    case 0 -> new LinkSpec.Start.Latest();
                    case 1 ->
                            new LinkSpec.Start.At(Instant.ofEpochMilli(random.nextLong(1L << 41)));
                    default -> new LinkSpec.Start.Earliest();
                },
                pick(LinkSpec.Gap.values()),
                pick(LinkSpec.Recreate.values()));
    }

    private Topics topics() {
        var defaults =
                new Topics.Defaults(
                        random.nextInt(1, 99),
                        1,
                        random.nextBoolean() ? Map.of() : Map.of("retention.ms", "86400000"));
        var declared = new LinkedHashMap<String, Topics.Topic>();
        for (int number = random.nextInt(5); number > 0; number--) {
            var config = new LinkedHashMap<>(defaults.config());
            if (random.nextBoolean()) {
                config.put("cleanup.policy", "compact,delete");
            }
            String name = List.of("a", "a.b", "1", "true", "x-y_z.null").get(number - 1);
            String in = hosted.get(random.nextInt(hosted.size())).name();
            declared.put(name, new Topics.Topic(name, in, random.nextInt(1, 50), 1, config));
        }
        return new Topics(defaults, declared);
    }

    private FailoverPolicy policy(LinkEntry link) {
        FailoverPolicy.Automatic automatic =
                switch (random.nextInt(3)) {
                    case 0 -> new FailoverPolicy.Automatic.Never();
                    case 1 -> new FailoverPolicy.Automatic.After(duration(), 0, List.of());
                    default ->
                            new FailoverPolicy.Automatic.After(
                                    duration(), 1, List.of(hosted.getFirst().name()));
                };
        return new FailoverPolicy(
                new PolicyName("move-" + link.name()),
                link.name(),
                NameFilter.of("billing-*"),
                pick(FailoverPolicy.Moves.values()),
                hosted.contains(link.from())
                        ? FailoverPolicy.Fence.REFUSE
                        : pick(FailoverPolicy.Fence.values()),
                new FailoverPolicy.RefuseIf(maybe(this::duration), random.nextBoolean()),
                automatic);
    }

    private LaterSections later() {
        if (random.nextBoolean()) {
            return LaterSections.NONE;
        }
        var stretch =
                new LaterSections.Stretch(
                        Map.of("eu", 2, "witness", 1),
                        random.nextBoolean() ? Map.of() : Map.of("us", 1),
                        pick(LaterSections.PromoteObservers.values()));
        var mirror =
                new LaterSections.Mirror(
                        hosted.getFirst(),
                        hosted.getLast(),
                        NameFilter.of("*"),
                        NameFilter.of("g*"),
                        "copy.{topic}",
                        pick(LaterSections.MirrorOffsets.values()));
        var user =
                new LaterSections.User(
                        Map.of("mtls", "CN=a,O=b"),
                        Map.of("scram-sha-512", secret()),
                        List.of(
                                new LaterSections.Grant(
                                        pick(LaterSections.Verb.values()),
                                        List.of("orders.*", "x"),
                                        maybe(() -> "billing-*"))));
        return new LaterSections(Map.of("ledger", stretch), Map.of("m", mirror), Map.of("u", user));
    }

    private Secret secret() {
        return new Secret(pick(Secret.Source.values()), "/run/" + random.nextInt(9));
    }

    private Duration duration() {
        long unit = List.of(1_000L, 60_000L, 100L).get(random.nextInt(3));
        return Duration.ofMillis(unit * random.nextLong(10, 60));
    }

    private <T> Optional<T> maybe(Supplier<T> value) {
        return random.nextBoolean() ? Optional.empty() : Optional.of(value.get());
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
