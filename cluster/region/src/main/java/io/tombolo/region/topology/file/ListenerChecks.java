package io.tombolo.region.topology.file;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What is wrong between listeners: two on one address, or one that is open to the world. */
final class ListenerChecks {

    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    /**
     * @param section where its key stands: {@code controllers.} for those of controllers
     */
    private record Listener(
            RegionId region, int number, String section, String key, Endpoint endpoint) {

        String path() {
            return "regions." + region + "." + section + key;
        }

        String shown() {
            return "%s of %s %d of region %s"
                    .formatted(key, section.isEmpty() ? "broker" : "controller", number, region);
        }
    }

    private final Document document;
    private final Map<RegionId, Region> regions;
    private final Map<String, Listener> taken = new HashMap<>();
    private final Map<Integer, List<Listener>> byPort = new HashMap<>();
    private final Set<String> reported = new HashSet<>();

    ListenerChecks(Document document, Map<RegionId, Region> regions) {
        this.document = document;
        this.regions = regions;
    }

    void run(Shortfalls notes) {
        for (Region region : regions.values()) {
            if (region instanceof Region.Hosted hosted) {
                hosted.nodes().all().forEach(node -> listeners(hosted, node).forEach(this::take));
                checkPlaintext(hosted, notes);
            }
        }
    }

    private List<Listener> listeners(Region.Hosted region, Region.Node node) {
        var listeners = new ArrayList<Listener>();
        String section = node instanceof Region.Controller ? "controllers." : "";
        RegionId id = region.id();
        if (node instanceof Region.Broker broker) {
            listeners.add(new Listener(id, node.number(), section, "kafka", broker.kafka()));
        }
        listeners.add(new Listener(id, node.number(), section, "admin", node.admin()));
        if (opensInternal(region)) {
            listeners.add(new Listener(id, node.number(), section, "internal", node.internal()));
        }
        if (node instanceof Region.Broker broker && opensRegistry(region)) {
            Endpoint registry = broker.listeners().registry();
            listeners.add(new Listener(id, node.number(), section, "registry", registry));
        }
        return listeners;
    }

    /** One message per pair of regions and keys: the other brokers of the two clash alike. */
    private void take(Listener listener) {
        String host = plainHost(listener.endpoint());
        Listener before = taken.putIfAbsent(host + "|" + listener.endpoint().port(), listener);
        if (before == null) {
            before = clashWithWildcard(host, listener);
        }
        byPort.computeIfAbsent(listener.endpoint().port(), port -> new ArrayList<>()).add(listener);
        if (before != null && reported.add(before.path() + listener.path())) {
            document.problem(
                            Rule.PORT_CLASH,
                            document.spanOf(listener.path()),
                            listener.path(),
                            "two listeners want %s".formatted(listener.endpoint()))
                    .seen(before.shown() + " and " + listener.shown())
                    .why("broker n listens on port + n - 1 when the address has no {n}")
                    .fix(
                            "give %s another port, at least %d away"
                                    .formatted(listener.path(), brokerCount(listener.region())));
        }
    }

    private int brokerCount(RegionId region) {
        return regions.get(region) instanceof Region.Hosted hosted
                ? Math.max(hosted.brokers().size(), hosted.nodes().controllers().size())
                : 1;
    }

    private @Nullable Listener clashWithWildcard(String host, Listener listener) {
        boolean localAddress = isLiteral(host);
        if (!localAddress) {
            return null;
        }
        for (Listener other : byPort.getOrDefault(listener.endpoint().port(), List.of())) {
            String otherHost = plainHost(other.endpoint());
            boolean wildcard = WILDCARDS.contains(host) || WILDCARDS.contains(otherHost);
            if (wildcard && isLiteral(otherHost)) {
                return other;
            }
        }
        return null;
    }

    private void checkPlaintext(Region.Hosted region, Shortfalls notes) {
        var firsts = new ArrayList<>(listeners(region, region.brokers().getFirst()));
        region.controller(1).ifPresent(first -> firsts.addAll(listeners(region, first)));
        for (Listener listener : firsts) {
            Endpoint endpoint = listener.endpoint();
            if (isLoopback(plainHost(endpoint))) {
                continue;
            }
            if (!region.security().allowInsecure()) {
                exposed(listener, notes);
            } else if (WILDCARDS.contains(endpoint.host()) && listener.key().equals("kafka")) {
                warnOfWildcard(listener);
            }
        }
    }

    private static boolean opensInternal(Region.Hosted region) {
        return region.nodes().all().size() > 1;
    }

    /** As {@link Topology#sharesRegistry}. */
    private boolean opensRegistry(Region.Hosted region) {
        long hosted = regions.values().stream().filter(Region.Hosted.class::isInstance).count();
        return region.brokers().size() > 1 && hosted > 1;
    }

    /** What a literal address means is certain; a name may turn out to be loopback after all. */
    private void exposed(Listener listener, Shortfalls notes) {
        if (!isLiteral(plainHost(listener.endpoint()))) {
            notes.plaintext(listener.path(), listener.endpoint());
            return;
        }
        document.problem(
                        Rule.PLAINTEXT,
                        document.spanOf(listener.path()),
                        listener.path(),
                        "%s would be open to the network without encryption"
                                .formatted(listener.endpoint()))
                .seen("no allowInsecure in regions." + listener.region())
                .why("anyone who reaches the port could read and write every topic")
                .fix(
                        listener.key() + ": 127.0.0.1:" + listener.endpoint().port(),
                        "allowInsecure: true        when the network is private");
    }

    private void warnOfWildcard(Listener listener) {
        document.warning(
                        Rule.WILDCARD_ADDRESS,
                        document.spanOf(listener.path()),
                        listener.path(),
                        "clients on other machines cannot connect to " + listener.endpoint())
                .why("the address of kafka: is also the one that clients are told")
                .fix("name the host as clients know it, such as kafka: broker-1.internal:9092");
    }

    private static String plainHost(Endpoint endpoint) {
        String host = endpoint.host().toLowerCase(Locale.ROOT);
        return host.equals("localhost") ? "127.0.0.1" : host;
    }

    private static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || host.matches("[0-9.]+");
    }

    private static boolean isLoopback(String host) {
        return host.startsWith("127.") && isLiteral(host)
                || host.equals("::1")
                || host.equals("0:0:0:0:0:0:0:1")
                || host.endsWith(".localhost");
    }
}
