package io.tombolo.broker;

import io.tombolo.region.BrokerId;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;

import java.nio.file.Path;
import java.util.List;

/**
 * What one broker is started with.
 *
 * @param topology the whole file; the broker's own region and the links into it come from there
 * @param region the broker's own
 * @param self the broker itself
 * @param dataDirectories its own folders, at least one, best each on a disk of its own
 * @param metadataDirectory the one in which the metadata log is: one of these, or one of its own
 */
public record BrokerSettings(
        Topology topology,
        Region.Hosted region,
        Region.Broker self,
        List<Path> dataDirectories,
        Path metadataDirectory)
        implements NodeSettings {

    /** The listener that clients connect to. */
    public static final String LISTENER = "PLAINTEXT";

    private static final String NETWORK_THREADS = "num.network.threads";

    public BrokerSettings {
        dataDirectories = List.copyOf(dataDirectories);
        if (dataDirectories.isEmpty()) {
            throw new IllegalArgumentException("no folder to keep data in");
        }
    }

    /** With the metadata log in the first folder. */
    public BrokerSettings(
            Topology topology,
            Region.Hosted region,
            Region.Broker self,
            List<Path> dataDirectories) {
        this(topology, region, self, dataDirectories, dataDirectories.getFirst());
    }

    /** With a single folder. */
    public BrokerSettings(
            Topology topology, Region.Hosted region, Region.Broker self, Path dataDirectory) {
        this(topology, region, self, List.of(dataDirectory));
    }

    public BrokerId id() {
        return self.id();
    }

    /**
     * How many loops serve connections and partitions: {@code num.network.threads} where the file
     * names it, else one for two processors. A loop moves more bytes than the network of a machine
     * of its size, and what crosses from one loop to another costs a wake-up of a thread there and
     * one back; the other processors are for the kernel, the collector and the disks.
     */
    int networkThreads() {
        return region.config().containsKey(NETWORK_THREADS)
                ? config().integer(NETWORK_THREADS)
                : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }
}
