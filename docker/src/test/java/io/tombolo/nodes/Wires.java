package io.tombolo.nodes;

import java.util.List;
import java.util.Optional;

/**
 * The network between the nodes of a cluster, and between them and their clients. A direction that
 * is cut swallows what is sent into it; nobody is told.
 */
public interface Wires extends AutoCloseable {

    /** Stands for all clients, where a node is asked for. */
    int CLIENTS = 0;

    /** The address on which clients find a node, and the node listens for them. */
    String host(int node);

    /**
     * The addresses at which a node is to look for the others, with {@code {n}} in the place of
     * their number; its own is among them.
     */
    String internalHosts(int viewer);

    /** What stands before the command line of a node. */
    List<String> prefix(int node);

    /** Whether clients can be cut off as well. */
    boolean cutClients();

    /** From now on nothing that {@code from} sends reaches {@code to}. */
    void cut(int from, int to);

    /** Everything gets through again, what was held up on the way included. */
    void heal();

    @Override
    void close();

    /** The widest reach that this machine allows; prints why when it is not namespaces. */
    static Wires widest(int nodes, int internalPort) {
        Optional<String> refusal = Namespaces.refusal();
        if (refusal.isEmpty()) {
            return Namespaces.open(nodes);
        }
        System.out.println("NOT TRIED: cuts between clients and nodes, because " + refusal.get());
        return Relays.open(nodes, internalPort, "widest");
    }
}
