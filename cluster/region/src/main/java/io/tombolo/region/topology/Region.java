package io.tombolo.region.topology;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.BrokerId;
import io.tombolo.region.ProducerIdRange;
import io.tombolo.region.RegionId;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One entry of {@code regions:}. Its index is its position in the file, from 0. */
public sealed interface Region {

    RegionId id();

    int index();

    /**
     * A region whose brokers are ours.
     *
     * @param brokers number 1 first; 1 to 999 of them
     * @param config Kafka's own broker config names and values, all known to the catalogue, none of
     *     them secret
     * @param security what may listen where, and the secrets among the broker configs
     */
    record Hosted(
            RegionId id,
            int index,
            List<Broker> brokers,
            Storage storage,
            Map<String, String> config,
            Security security)
            implements Region {

        public Hosted {
            brokers = List.copyOf(brokers);
            config = Topology.inOrder(config);
        }

        /** The ids that this region alone gives to its producers. */
        public ProducerIdRange producerIds() {
            return ProducerIdRange.ofRegion(index);
        }

        /** The broker with this number, counted from 1 as on the command line. */
        public Optional<Broker> broker(int number) {
            return number >= 1 && number <= brokers.size()
                    ? Optional.of(brokers.get(number - 1))
                    : Optional.empty();
        }

        /**
         * Where a broker keeps its data: folders of its own below {@code storage.dirs}, so that
         * brokers and regions that share a disk never share a folder. In the first one is the
         * metadata log, too.
         */
        public List<String> dataDirectories(Broker broker) {
            return storage.dirs().stream()
                    .map(dir -> dir + "/" + id + "-" + broker.number())
                    .toList();
        }

        /** The first of {@link #dataDirectories}. */
        public String dataDirectory(Broker broker) {
            return dataDirectories(broker).getFirst();
        }
    }

    /**
     * Any Apache Kafka cluster that runs elsewhere; only ever the source of a link or mirror.
     *
     * @param bootstrap at least one address
     * @param client Kafka's own client config names and values
     * @param secrets the client settings that are secret, by name
     */
    record Foreign(
            RegionId id,
            int index,
            List<Endpoint> bootstrap,
            Map<String, String> client,
            Map<String, Secret> secrets)
            implements Region {

        public Foreign {
            bootstrap = List.copyOf(bootstrap);
            client = Topology.inOrder(client);
            secrets = Topology.inOrder(secrets);
        }
    }

    /**
     * One broker of a region.
     *
     * @param number 1 or more, as on the command line
     * @param id unique in the whole topology
     * @param kafka where clients connect
     * @param admin where commands and the other regions connect
     * @param internal where the other brokers of the region connect; not opened when there are none
     * @param rack its availability zone, when the file names one
     */
    record Broker(
            int number,
            BrokerId id,
            Endpoint kafka,
            Endpoint admin,
            Endpoint internal,
            Optional<String> rack) {}

    /**
     * Where a region keeps its logs.
     *
     * @param dirs at least one folder, each on a disk of its own, that holds one folder per broker;
     *     relative to the working directory
     * @param tier address of the object store for old segments
     * @param keepLocal how long segments stay on the local disk as well
     */
    record Storage(List<String> dirs, Optional<String> tier, Optional<Duration> keepLocal) {

        /** Used when the file names no folder. */
        public static final String DIR_DEFAULT = ".tombolo";

        public Storage {
            dirs = List.copyOf(dirs);
            if (dirs.isEmpty()) {
                throw new IllegalArgumentException("no folder to keep data in");
            }
        }

        /** The first folder, where the metadata is. */
        public String dir() {
            return dirs.getFirst();
        }
    }

    /**
     * @param allowInsecure whether plaintext listeners may leave the loopback interface
     * @param secrets broker configs whose values are secret, by name
     */
    record Security(boolean allowInsecure, Map<String, Secret> secrets) {

        public Security {
            secrets = Topology.inOrder(secrets);
        }
    }
}
