package io.tombolo.nodes;

import java.util.ArrayList;
import java.util.List;

/**
 * Wires without any privilege: node n listens for the others on 127.x.n.n, and what node v takes
 * for the address of node n, 127.x.v.n, is a relay of this process. So every pair has a relay per
 * direction of connecting, and either direction of sending can be held up. Clients cannot be cut
 * off: nodes tell them where they listen.
 */
public final class Relays implements Wires {

    private final String net;
    private final List<Relay> relays = new ArrayList<>();

    private Relays(String net) {
        this.net = net;
    }

    /**
     * Opens the relays of a cluster.
     *
     * @param network a name that no other cluster of this test run has
     */
    public static Relays open(int nodes, int internalPort, String network) {
        // Other clusters and other test runs of this machine have other loopback networks.
        long number = ProcessHandle.current().pid() * 31 + network.hashCode();
        var relays = new Relays("127." + (1 + Math.floorMod(number, 250)));
        for (int viewer = 1; viewer <= nodes; viewer++) {
            for (int node = 1; node <= nodes; node++) {
                if (viewer != node) {
                    String near = relays.internalHost(viewer, node);
                    String far = relays.internalHost(node, node);
                    relays.relays.add(Relay.open(viewer, near, node, far, internalPort));
                }
            }
        }
        return relays;
    }

    private String internalHost(int viewer, int node) {
        return "%s.%d.%d".formatted(net, viewer, node);
    }

    @Override
    public String host(int node) {
        return net + ".0." + node;
    }

    @Override
    public String internalHosts(int viewer) {
        return "%s.%d.{n}".formatted(net, viewer);
    }

    @Override
    public List<String> prefix(int node) {
        return List.of();
    }

    @Override
    public boolean cutClients() {
        return false;
    }

    @Override
    public void cut(int from, int to) {
        relays.forEach(relay -> relay.hold(from, to));
    }

    @Override
    public void heal() {
        relays.forEach(Relay::release);
    }

    @Override
    public void close() {
        relays.forEach(Relay::close);
    }
}
