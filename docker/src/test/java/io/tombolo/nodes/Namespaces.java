package io.tombolo.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Wires of the kernel: every node in a network namespace of its own, joined by a bridge on which
 * the clients are, too. A direction is cut by giving its sender a wrong link address of the
 * receiver, so packets vanish and nobody is told. A node has a second address, by the side of the
 * first, that can be cut off by itself. Needs root and the command {@code ip}.
 */
public final class Namespaces implements Wires {

    private static final String OWNER = "tombolo-";
    private static final String NOBODY = "02:00:00:00:00:99";
    private static final int BRIDGE_HOST = 254;
    private static final String SIDE = "10";

    private final long pid = ProcessHandle.current().pid();
    private final String net = "10.78." + (1 + pid % 250);
    private final String bridge = "tbr" + pid % 1_000_000;
    private final int nodes;
    private final List<Cut> cuts = new ArrayList<>();
    private final Thread exitHook = new Thread(this::tearDown);

    private record Cut(int from, String host) {}

    private Namespaces(int nodes) {
        this.nodes = nodes;
    }

    /** Why this machine does not allow it; empty when it does. */
    public static Optional<String> refusal() {
        if (!Files.isExecutable(Path.of("/usr/sbin/ip")) && !Files.exists(Path.of("/sbin/ip"))) {
            return Optional.of("the command ip is not installed");
        }
        String probe = OWNER + ProcessHandle.current().pid() + "-probe";
        if (NodeProcess.run(List.of("ip", "netns", "add", probe)) != 0) {
            return Optional.of("network namespaces need root");
        }
        boolean enters = NodeProcess.run(List.of("ip", "netns", "exec", probe, "ip", "link")) == 0;
        NodeProcess.run(List.of("ip", "netns", "del", probe));
        return enters ? Optional.empty() : Optional.of("network namespaces cannot be entered");
    }

    public static Namespaces open(int nodes) {
        removeThoseOfTheDead();
        var wires = new Namespaces(nodes);
        Runtime.getRuntime().addShutdownHook(wires.exitHook);
        wires.build();
        return wires;
    }

    private void build() {
        ip("link", "add", bridge, "type", "bridge");
        ip("addr", "add", net + "." + BRIDGE_HOST + "/24", "dev", bridge);
        ip("link", "set", bridge, "up");
        for (int node = 1; node <= nodes; node++) {
            String name = name(node);
            String port = "tb" + pid % 1_000_000 + "n" + node;
            ip("netns", "add", name);
            ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", name);
            ip("link", "set", port, "master", bridge, "up");
            ip("-n", name, "addr", "add", host(node) + "/24", "dev", "eth0");
            ip("-n", name, "addr", "add", net + "." + SIDE + node + "/24", "dev", "eth0");
            ip("-n", name, "link", "set", "eth0", "up");
            ip("-n", name, "link", "set", "lo", "up");
        }
    }

    private String name(int node) {
        return OWNER + pid + "-" + node;
    }

    @Override
    public String host(int node) {
        return net + "." + (node == CLIENTS ? BRIDGE_HOST : node);
    }

    @Override
    public String internalHosts(int viewer) {
        return net + ".{n}";
    }

    /** The second addresses, with {@code {n}} in the place of the number of a node. */
    public String sideHosts() {
        return net + "." + SIDE + "{n}";
    }

    @Override
    public List<String> prefix(int node) {
        return List.of("ip", "netns", "exec", name(node));
    }

    @Override
    public boolean cutClients() {
        return true;
    }

    @Override
    public synchronized void cut(int from, int to) {
        cut(new Cut(from, host(to)));
    }

    /** From now on nothing that {@code from} sends reaches the second address of {@code to}. */
    public synchronized void cutSide(int from, int to) {
        cut(new Cut(from, net + "." + SIDE + to));
    }

    private void cut(Cut cut) {
        cuts.add(cut);
        var words = new ArrayList<>(List.of("neigh", "replace", cut.host(), "lladdr", NOBODY));
        words.addAll(List.of("dev", device(cut.from()), "nud", "permanent"));
        ip(at(cut.from(), words));
    }

    @Override
    public synchronized void heal() {
        for (Cut cut : cuts) {
            ip(at(cut.from(), List.of("neigh", "del", cut.host(), "dev", device(cut.from()))));
        }
        cuts.clear();
    }

    private String device(int node) {
        return node == CLIENTS ? bridge : "eth0";
    }

    private String[] at(int node, List<String> words) {
        var all = new ArrayList<String>();
        if (node != CLIENTS) {
            all.addAll(List.of("-n", name(node)));
        }
        all.addAll(words);
        return all.toArray(String[]::new);
    }

    private static void ip(String... words) {
        var command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        if (NodeProcess.run(command) != 0) {
            throw new IllegalStateException("failed: " + String.join(" ", command));
        }
    }

    /** A run that was killed leaves its namespaces, and the nodes in them, behind. */
    private static void removeThoseOfTheDead() {
        Path all = Path.of("/var/run/netns");
        if (!Files.isDirectory(all)) {
            return;
        }
        try (var names = Files.list(all)) {
            for (Path found : names.toList()) {
                String name = found.getFileName().toString();
                if (name.matches(OWNER + "\\d+-.*") && !ProcessHandle.of(owner(name)).isPresent()) {
                    remove(name);
                }
            }
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private static long owner(String name) {
        return Long.parseLong(name.substring(OWNER.length(), name.lastIndexOf('-')));
    }

    private static void remove(String name) {
        String killAll = "ip netns pids " + name + " | xargs -r kill -KILL";
        NodeProcess.run(List.of("sh", "-c", killAll));
        NodeProcess.run(List.of("ip", "netns", "del", name));
    }

    private void tearDown() {
        for (int node = 1; node <= nodes; node++) {
            remove(name(node));
        }
        NodeProcess.run(List.of("ip", "link", "del", bridge));
    }

    @Override
    public void close() {
        tearDown();
        Runtime.getRuntime().removeShutdownHook(exitHook);
    }
}
