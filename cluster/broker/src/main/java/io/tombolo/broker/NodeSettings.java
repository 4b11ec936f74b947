package io.tombolo.broker;

import io.tombolo.region.config.BrokerConfig;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;

import org.apache.kafka.common.Uuid;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** What one process of a region is started with, whatever its role. */
public sealed interface NodeSettings permits BrokerSettings, NodeSettings.Controller {

    /** The whole file. */
    Topology topology();

    /** The process's own region. */
    Region.Hosted region();

    /** The process itself. */
    Region.Node self();

    /** The directories of its logs; those of a controller never hold one. */
    List<Path> dataDirectories();

    /** The directory in which the metadata log is: one of the others, or one of its own. */
    Path metadataDirectory();

    /**
     * A controller that is no broker.
     *
     * @param topology the whole file
     * @param region the controller's own
     * @param self the controller itself
     * @param metadataDirectory the only directory that it has
     */
    record Controller(
            Topology topology, Region.Hosted region, Region.Controller self, Path metadataDirectory)
            implements NodeSettings {

        @Override
        public List<Path> dataDirectories() {
            return List.of(metadataDirectory);
        }
    }

    /** Kafka's {@code node.id}. */
    default int nodeId() {
        return self().nodeId();
    }

    /** What people call it, such as {@code eu-1}. */
    default String name() {
        return region().nameOf(self());
    }

    /** What the file says; of directories, what it means for this process. */
    default BrokerConfig config() {
        Map<String, String> fixed = new TreeMap<>(region().config());
        fixed.put(
                "log.dirs",
                dataDirectories().stream().map(Path::toString).collect(Collectors.joining(",")));
        region().storage()
                .metadataDir()
                .ifPresent(_ -> fixed.put("metadata.log.dir", metadataDirectory().toString()));
        return BrokerConfig.ofFile(fixed);
    }

    /**
     * The id of the region's cluster: the same for every process and every start, because it
     * follows from the names in the file.
     */
    default Uuid clusterId() {
        return clusterIdOf(region());
    }

    /** The id of a region's cluster, by the same rule. */
    default Uuid clusterIdOf(Region.Hosted of) {
        String seed = "tombolo/" + topology().name() + "/" + of.id();
        UUID uuid = UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8));
        return new Uuid(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }
}
