package io.tombolo.region.topology;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.BrokerId;
import io.tombolo.region.ControllerId;
import io.tombolo.region.ProducerIdRange;
import io.tombolo.region.RegionId;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** One entry of {@code regions:}. Its index is its position in the file, from 0. */
public sealed interface Region {

    RegionId id();

    int index();

    /** Where its brokers listen for clients; at least one. */
    default List<Endpoint> addresses() {
        return switch (this) {
            case Hosted hosted -> hosted.brokers().stream().map(Broker::kafka).toList();
            case Foreign foreign -> foreign.bootstrap();
        };
    }

    /**
     * A region whose brokers are ours.
     *
     * @param nodes its processes
     * @param config Kafka's own broker config names and values, all known to the catalogue, none of
     *     them secret
     * @param security what may listen where, and the secrets among the broker configs
     */
    record Hosted(
            RegionId id,
            int index,
            Nodes nodes,
            Storage storage,
            Map<String, String> config,
            Security security)
            implements Region {

        private static final String REPLICAS = "default.replication.factor";

        public Hosted {
            config = Topology.inOrder(config);
        }

        /**
         * As this one, whose topics have so many replicas where nobody says otherwise: what its
         * config says comes first, and there are not more of them than brokers.
         */
        public Hosted withReplicas(int byDefault) {
            int replicas = Math.min(byDefault, brokers().size());
            if (replicas == 1 || config.containsKey(REPLICAS)) {
                return this;
            }
            var filled = new LinkedHashMap<>(config);
            filled.put(REPLICAS, Integer.toString(replicas));
            return new Hosted(id, index, nodes, storage, filled, security);
        }

        /** The ids that this region alone gives to its producers. */
        public ProducerIdRange producerIds() {
            return ProducerIdRange.ofRegion(index);
        }

        /** The brokers, number 1 first. */
        public List<Broker> brokers() {
            return nodes.brokers();
        }

        /** The broker with this number, counted from 1 as on the command line. */
        public Optional<Broker> broker(int number) {
            return numbered(brokers(), number);
        }

        /** The controller with this number, where controllers are processes of their own. */
        public Optional<Controller> controller(int number) {
            return numbered(nodes.controllers(), number);
        }

        private static <T> Optional<T> numbered(List<T> nodes, int number) {
            return number >= 1 && number <= nodes.size()
                    ? Optional.of(nodes.get(number - 1))
                    : Optional.empty();
        }

        /** What people call one of its processes: {@code eu-1}, a controller {@code eu-c1}. */
        public String nameOf(Node node) {
            return id + "-" + node.shortName();
        }

        /**
         * Where a process keeps its data: folders of its own in {@code storage.dirs}, so that
         * processes and regions that share a disk never share a folder. A controller has the one of
         * its metadata log.
         */
        public List<String> dataDirectories(Node node) {
            return node instanceof Controller
                    ? List.of(metadataDirectory(node))
                    : storage.dirs().stream().map(dir -> folder(dir, node)).toList();
        }

        /** Where its metadata log is: in one of the others, or in a folder of its own. */
        public String metadataDirectory(Node node) {
            return folder(storage.metadataDir().orElse(storage.dir()), node);
        }

        /**
         * The folder of a process in a directory of the file: the directory itself where its name
         * has a place for the number of the process, else one in it that is called as the process.
         */
        public String folder(String dir, Node node) {
            return Storage.isPerNode(dir)
                    ? dir.replace(Storage.NUMBER, node.shortName())
                    : dir + "/" + nameOf(node);
        }

        /** The first of {@link #dataDirectories}. */
        public String dataDirectory(Node node) {
            return dataDirectories(node).getFirst();
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
     * The processes of a region.
     *
     * @param brokers number 1 first; 1 to 999 of them
     * @param controllers number 1 first; 1, 3 or 5 of them, who then vote about the metadata
     *     instead of brokers; none where brokers do both
     */
    record Nodes(List<Broker> brokers, List<Controller> controllers) {

        public Nodes {
            brokers = List.copyOf(brokers);
            controllers = List.copyOf(controllers);
        }

        /** A region whose brokers vote themselves. */
        public static Nodes combined(List<Broker> brokers) {
            return new Nodes(brokers, List.of());
        }

        /** Whether the metadata are voted about by controllers that are processes of their own. */
        public boolean separate() {
            return !controllers.isEmpty();
        }

        /** The brokers, then the controllers. */
        public List<Node> all() {
            return Stream.<Node>concat(brokers.stream(), controllers.stream()).toList();
        }

        /** The process with this node id. */
        public Optional<Node> withId(int nodeId) {
            return all().stream().filter(node -> node.nodeId() == nodeId).findFirst();
        }
    }

    /** One process of a region. */
    sealed interface Node permits Broker, Controller {

        /** 1 or more, as on the command line; brokers and controllers are counted apart. */
        int number();

        /** Kafka's {@code node.id}: unique in the whole topology. */
        int nodeId();

        /** Where commands connect. */
        Endpoint admin();

        /** Where the other processes of the region connect. */
        Endpoint internal();

        /** Its name within its region: {@code 1}, or {@code c1} for a controller. */
        String shortName();
    }

    /**
     * A process that votes about the metadata of its region and does nothing else.
     *
     * @param number 1 or more, as on the command line
     * @param admin where commands connect
     * @param internal where the brokers and the other controllers of the region connect
     */
    record Controller(int number, ControllerId id, Endpoint admin, Endpoint internal)
            implements Node {

        @Override
        public int nodeId() {
            return id.value();
        }

        @Override
        public String shortName() {
            return "c" + number;
        }
    }

    /**
     * The addresses of one broker.
     *
     * @param kafka where clients connect
     * @param admin where commands and the other regions connect
     * @param internal where the other brokers of the region connect; not opened when there are none
     * @param registry where they share what regions tell each other; not opened when there are none
     *     or there is no other region, see {@link Topology#sharesRegistry}
     */
    record Listeners(Endpoint kafka, Endpoint admin, Endpoint internal, Endpoint registry) {}

    /**
     * One broker of a region.
     *
     * @param number 1 or more, as on the command line
     * @param id unique in the whole topology
     * @param rack its availability zone, when the file names one
     */
    record Broker(int number, BrokerId id, Listeners listeners, Optional<String> rack)
            implements Node {

        /** Where clients connect. */
        public Endpoint kafka() {
            return listeners.kafka();
        }

        @Override
        public Endpoint admin() {
            return listeners.admin();
        }

        @Override
        public Endpoint internal() {
            return listeners.internal();
        }

        @Override
        public int nodeId() {
            return id.value();
        }

        @Override
        public String shortName() {
            return Integer.toString(number);
        }
    }

    /**
     * Where a region keeps its logs. In the name of a directory {@code {n}} stands for the number
     * of a process; see {@link Hosted#folder}.
     *
     * @param dirs at least one directory, each on a disk of its own; relative to the working
     *     directory
     * @param metadataDir the directory of the metadata log; the first of the others if empty
     * @param tier address of the object store for old segments
     * @param keepLocal how long segments stay on the local disk as well
     */
    record Storage(
            List<String> dirs,
            Optional<String> metadataDir,
            Optional<String> tier,
            Optional<Duration> keepLocal) {

        /** Used when the file names no folder. */
        public static final String DIR_DEFAULT = ".tombolo";

        /** Stands for the short name of a process. */
        static final String NUMBER = "{n}";

        public Storage {
            dirs = List.copyOf(dirs);
            if (dirs.isEmpty()) {
                throw new IllegalArgumentException("no folder to keep data in");
            }
        }

        static boolean isPerNode(String dir) {
            return dir.contains(NUMBER);
        }

        /** Where all processes on a machine may leave what is no data of theirs. */
        public String commonDir() {
            return isPerNode(dir()) ? DIR_DEFAULT : dir();
        }

        /** The first directory. */
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
