package io.tombolo.nodes;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How one kind of cluster is prepared and started, node by node. */
public interface NodeProgram {

    /**
     * What is the same for all nodes of a cluster.
     *
     * @param folder where everything is written; a node's own files in a folder below it
     * @param size how many nodes there are, numbered from 1
     * @param config broker configs by Kafka's names
     */
    record Plan(Path folder, int size, Ports ports, Wires wires, Map<String, String> config) {

        /** Where files of a node lie. */
        public Path home(int node) {
            return folder.resolve("node-" + node);
        }

        /** Addresses as clients use them. */
        public String address(int node) {
            return wires.host(node) + ":" + ports.kafka();
        }
    }

    /** The ports that all nodes use, each on an address of its own. */
    record Ports(int kafka, int admin, int internal) {}

    /** Lower case, as the system property names it. */
    String id();

    /** As test reports show it. */
    String title();

    /** Writes what a node needs into its empty home. */
    void prepare(Plan plan, int node);

    /** The command line that runs a node in the foreground. */
    List<String> command(Plan plan, int node);

    /** The numbers of nodes that decide and serve nobody, beside the others. */
    default List<Integer> controllers(Plan plan) {
        return List.of();
    }

    /** The machine that a node is on, by the number of the first node there. */
    default int machine(int node) {
        return node;
    }

    /** Where a node keeps its partitions. */
    Path data(Plan plan, int node);
}
