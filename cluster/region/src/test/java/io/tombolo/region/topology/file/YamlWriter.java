package io.tombolo.region.topology.file;

import io.tombolo.region.RegionId;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LaterSections;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Secret;
import io.tombolo.region.topology.Topics;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.Topology.Guarantee;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Writes a topology as YAML, each map and list at random in block or in flow style. */
final class YamlWriter {

    private final Random random;

    YamlWriter(Random random) {
        this.random = random;
    }

    String write(Topology topology) {
        var file = new LinkedHashMap<String, Object>();
        file.put("tombolo", "1");
        file.put("name", topology.name());
        Topics.Defaults defaults = topology.topics().defaults();
        file.put(
                "defaults",
                Map.of(
                        "topic",
                        Map.of(
                                "partitions", defaults.partitions(),
                                "replicas", defaults.replicas(),
                                "config", defaults.config())));
        var regions = new LinkedHashMap<String, Object>();
        topology.regions().forEach((id, region) -> regions.put(id.name(), region(region)));
        file.put("regions", regions);
        later(topology.later(), file);
        var links = new LinkedHashMap<String, Object>();
        topology.links().forEach((name, link) -> links.put(name.name(), link(link)));
        file.put("links", links);
        var topics = new LinkedHashMap<String, Object>();
        topology.topics().declared().forEach((name, topic) -> topics.put(name, topic(topic)));
        file.put("topics", topics);
        var failover = new LinkedHashMap<String, Object>();
        topology.failover().forEach((name, policy) -> failover.put(name.name(), policy(policy)));
        file.put("failover", failover);
        if (topology.guarantee() instanceof Guarantee.Quorum quorum) {
            var sites = quorum.sites().stream().map(RegionId::name).toList();
            String lease = quorum.terms().length().toSeconds() + "s";
            file.put("ownership", Map.of("guarantee", "quorum", "sites", sites, "lease", lease));
        }
        var text = new StringBuilder();
        block(text, file, 0);
        return text.toString();
    }

    private Object region(Region region) {
        var map = new LinkedHashMap<String, Object>();
        switch (region) {
            case Region.Hosted hosted -> {
                Region.Broker first = hosted.brokers().getFirst();
                map.put("brokers", hosted.brokers().size());
                map.put("kafka", first.kafka().toString().replaceFirst("^b1", "b{n}"));
                map.put("admin", first.admin().toString());
                map.put("internal", first.internal().toString());
                map.put("registry", first.listeners().registry().toString());
                hosted.controller(1)
                        .ifPresent(one ->
                                map.put(
                                        "controllers",
                                        Map.of(
                                                "count",
                                                hosted.nodes().controllers().size(),
                                                "admin",
                                                one.admin().toString(),
                                                "internal",
                                                one.internal().toString())));
                map.put("allowInsecure", hosted.security().allowInsecure());
                if (first.rack().isPresent()) {
                    map.put(
                            "racks",
                            hosted.brokers().stream()
                                    .map(broker -> broker.rack().orElseThrow())
                                    .toList());
                }
                var storage = new LinkedHashMap<String, Object>();
                if (hosted.storage().dirs().size() == 1) {
                    storage.put("dir", hosted.storage().dir());
                } else {
                    storage.put("dirs", hosted.storage().dirs());
                }
                hosted.storage().tier().ifPresent(tier -> storage.put("tier", tier));
                duration(storage, "keepLocal", hosted.storage().keepLocal());
                map.put("storage", storage);
                Map<String, Object> config =
                        withSecrets(hosted.config(), hosted.security().secrets());
                hosted.storage()
                        .metadataDir()
                        .ifPresent(dir -> config.put("metadata.log.dir", dir));
                map.put("config", config);
            }
            case Region.Foreign foreign -> {
                map.put("bootstrap", foreign.bootstrap().stream().map(Object::toString).toList());
                map.put("client", withSecrets(foreign.client(), foreign.secrets()));
            }
        }
        return map;
    }

    private Object link(LinkEntry link) {
        var map = new LinkedHashMap<String, Object>();
        map.put("from", link.from().name());
        map.put("to", link.to().name());
        map.put("topics", link.topics().patterns());
        map.put("rename", link.selection().renaming().toString());
        map.put("start", link.selection().start().toString());
        map.put("gap", Value.wordOf(link.selection().gap()));
        map.put("recreate", Value.wordOf(link.selection().recreate()));
        map.put("groups", link.groups().patterns());
        map.put("reverse", Value.wordOf(link.route().reverse()));
        var sync = new LinkedHashMap<String, Object>();
        sync.put("configs", link.sync().configs());
        sync.put("acls", link.sync().acls());
        sync.put("offsets", link.sync().offsets().map(this::text).orElse("never"));
        map.put("sync", sync);
        var limits = new LinkedHashMap<String, Object>();
        link.limits().rate().ifPresent(rate -> limits.put("rate", rate.bytesPerSecond() + "B/s"));
        duration(limits, "maxLag", link.limits().maxLag());
        map.put("limits", limits);
        return map;
    }

    private static Object topic(Topics.Topic topic) {
        return Map.of(
                "in", topic.in(),
                "partitions", topic.partitions(),
                "replicas", topic.replicas(),
                "config", topic.config());
    }

    private Object policy(FailoverPolicy policy) {
        var refuseIf = new LinkedHashMap<String, Object>();
        duration(refuseIf, "lagOver", policy.refuseIf().lagOver());
        refuseIf.put("sourceReachableAndWriting", policy.refuseIf().sourceReachableAndWriting());
        Object automatic =
                switch (policy.automatic()) {
                    case FailoverPolicy.Automatic.Never _ -> "never";
                    case FailoverPolicy.Automatic.After after -> {
                        var map = new LinkedHashMap<String, Object>();
                        map.put("after", text(after.after()));
                        if (after.witnessesNeeded() > 0) {
                            map.put(
                                    "witnesses",
                                    after.witnessesNeeded() + " of " + after.witnesses());
                        }
                        yield map;
                    }
                };
        return Map.of(
                "follows", policy.follows().name(),
                "groups", policy.groups().patterns(),
                "moves", Value.wordOf(policy.moves()),
                "fence", Value.wordOf(policy.fence()),
                "refuseIf", refuseIf,
                "automatic", automatic);
    }

    private static void later(LaterSections later, Map<String, Object> file) {
        if (later.equals(LaterSections.NONE)) {
            return;
        }
        var stretch = later.stretch().get("ledger");
        file.put(
                "stretch",
                Map.of(
                        "ledger",
                        Map.of(
                                "regions", stretch.voters(),
                                "observers", stretch.observers(),
                                "promoteObserversWhen",
                                        Value.wordOf(stretch.promoteObserversWhen()))));
        var mirror = later.mirrors().get("m");
        file.put(
                "mirrors",
                Map.of(
                        "m",
                        Map.of(
                                "from", mirror.from().name(),
                                "to", mirror.to().name(),
                                "topics", mirror.topics().patterns(),
                                "groups", mirror.groups().patterns(),
                                "rename", mirror.rename(),
                                "offsets", Value.wordOf(mirror.offsets()))));
        var user = later.users().get("u");
        var grant = user.can().getFirst();
        String right =
                Value.wordOf(grant.verb())
                        + " "
                        + String.join(" ", grant.resources())
                        + grant.group().map(group -> " as group " + group).orElse("");
        file.put(
                "users",
                Map.of(
                        "u",
                        Map.of(
                                "auth", withSecrets(user.credentials(), user.secrets()),
                                "can", List.of(right))));
    }

    private static Map<String, Object> withSecrets(
            Map<String, String> plain, Map<String, Secret> secrets) {
        var map = new LinkedHashMap<String, Object>(plain);
        secrets.forEach((name, secret) ->
                map.put(name, Value.wordOf(secret.source()) + ":" + secret.locator()));
        return map;
    }

    private void duration(Map<String, Object> map, String key, Optional<Duration> duration) {
        duration.ifPresent(value -> map.put(key, text(value)));
    }

    private String text(Duration duration) {
        long ms = duration.toMillis();
        if (ms % 60_000 == 0 && random.nextBoolean()) {
            return ms / 60_000 + "m";
        }
        return ms % 1_000 == 0 && random.nextBoolean() ? ms / 1_000 + "s" : ms + "ms";
    }

    private void block(StringBuilder text, Map<?, ?> map, int indent) {
        map.forEach((key, value) -> {
            text.append(" ".repeat(indent)).append(scalar(key)).append(':');
            boolean inline = random.nextInt(3) == 0;
            if (value instanceof Map<?, ?> inner && !inner.isEmpty() && !inline) {
                text.append('\n');
                block(text, inner, indent + 2);
            } else if (value instanceof List<?> items && !items.isEmpty() && !inline) {
                text.append(" # a list\n");
                for (Object item : items) {
                    text.append(" ".repeat(indent + 2)).append("- ");
                    text.append(scalar(item)).append('\n');
                }
            } else {
                text.append(' ').append(flow(value)).append('\n');
            }
        });
    }

    private String flow(Object value) {
        if (value instanceof List<?> list) {
            return "[" + String.join(", ", list.stream().map(this::flow).toList()) + "]";
        }
        if (value instanceof Map<?, ?> map) {
            return "{ "
                    + String.join(
                            ", ",
                            map.entrySet().stream()
                                    .map(entry ->
                                            scalar(entry.getKey()) + ": " + flow(entry.getValue()))
                                    .toList())
                    + " }";
        }
        return scalar(value);
    }

    private String scalar(Object value) {
        String text = value.toString();
        boolean safe = text.matches("[A-Za-z0-9][A-Za-z0-9._-]*") && random.nextBoolean();
        return safe && !text.equals("null")
                ? text
                : random.nextBoolean() ? '"' + text + '"' : "'" + text + "'";
    }
}
