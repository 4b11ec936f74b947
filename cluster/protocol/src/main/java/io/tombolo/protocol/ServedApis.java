package io.tombolo.protocol;

import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The APIs that a listener answers and the versions of each. Immutable.
 *
 * <p>What is served and what is advertised differ in one place: Produce is advertised from version
 * 0 although only 3 and later are read, because librdkafka derives features from the low end of the
 * range (KAFKA-18659); a request below 3 is refused like any other unknown version.
 */
public final class ServedApis {

    private static final ServedApis CLIENT_LISTENER = new ServedApis(clientRanges());

    private static final ServedApis INTERNAL_LISTENER = new ServedApis(internalRanges());

    private static final ServedApis CONTROLLER_LISTENER = new ServedApis(controllerRanges());

    private final Map<ApiKeys, VersionRange> ranges;

    private ServedApis(Map<ApiKeys, VersionRange> ranges) {
        this.ranges = Collections.unmodifiableMap(new EnumMap<>(ranges));
    }

    /** What a broker's listener for clients serves: the ranges of a Kafka 4.4 broker. */
    public static ServedApis clientListener() {
        return CLIENT_LISTENER;
    }

    /**
     * What the listener between the brokers of a region serves: the quorum, the way to the
     * controller, Fetch and ListOffsets for replicas, what leaders ask of coordinators of
     * transactions and these of leaders. No client API beside: those come in an Envelope.
     */
    public static ServedApis internalListener() {
        return INTERNAL_LISTENER;
    }

    /**
     * What a controller that is no broker serves to the other nodes of its region: the same without
     * what is asked of replicas.
     */
    public static ServedApis controllerListener() {
        return CONTROLLER_LISTENER;
    }

    /**
     * This table extended by further APIs, each with every stable version of Kafka 4.4; meant for
     * listeners that other brokers and controllers talk to.
     */
    public ServedApis plus(ApiKeys... others) {
        var extended = new EnumMap<ApiKeys, VersionRange>(ranges);
        for (ApiKeys other : others) {
            extended.put(
                    other, new VersionRange(other.oldestVersion(), other.latestVersion(false)));
        }
        return new ServedApis(extended);
    }

    /** This table without an API. */
    public ServedApis without(ApiKeys api) {
        var rest = new EnumMap<ApiKeys, VersionRange>(ranges);
        rest.remove(api);
        return new ServedApis(rest);
    }

    /** Whether a request of this API and version is read and answered. */
    public boolean serves(ApiKeys api, short version) {
        VersionRange range = ranges.get(api);
        return range != null && range.contains(version);
    }

    /** The versions of an API that are served, or null when it is not served at all. */
    public @Nullable VersionRange range(ApiKeys api) {
        return ranges.get(api);
    }

    /** The APIs that are served, ordered by their id. */
    public List<ApiKeys> apis() {
        return new ArrayList<>(ranges.keySet());
    }

    /** What ApiVersions says about a served API; wider than what is served for Produce only. */
    VersionRange advertised(ApiKeys api) {
        VersionRange range = ranges.get(api);
        if (range == null) {
            throw new IllegalArgumentException(api + " is not served");
        }
        return api == ApiKeys.PRODUCE
                ? new VersionRange(ApiKeys.PRODUCE_API_VERSIONS_RESPONSE_MIN_VERSION, range.max())
                : range;
    }

    private static Map<ApiKeys, VersionRange> internalRanges() {
        var ranges = new EnumMap<ApiKeys, VersionRange>(ApiKeys.class);
        ranges.put(ApiKeys.FETCH, VersionRange.of(17, 18));
        ranges.put(ApiKeys.LIST_OFFSETS, VersionRange.of(11, 11));
        ranges.put(ApiKeys.API_VERSIONS, VersionRange.of(0, 5));
        ranges.put(ApiKeys.ADD_PARTITIONS_TO_TXN, VersionRange.of(5, 5));
        ranges.put(ApiKeys.WRITE_TXN_MARKERS, VersionRange.of(2, 2));
        ranges.put(ApiKeys.VOTE, VersionRange.of(2, 2));
        ranges.put(ApiKeys.BEGIN_QUORUM_EPOCH, VersionRange.of(1, 1));
        ranges.put(ApiKeys.END_QUORUM_EPOCH, VersionRange.of(1, 1));
        ranges.put(ApiKeys.ALTER_PARTITION, VersionRange.of(2, 3));
        ranges.put(ApiKeys.DESCRIBE_LOG_DIRS, VersionRange.of(4, 5));
        ranges.put(ApiKeys.ENVELOPE, VersionRange.of(0, 0));
        ranges.put(ApiKeys.DESCRIBE_QUORUM, VersionRange.of(2, 2));
        ranges.put(ApiKeys.ASSIGN_REPLICAS_TO_DIRS, VersionRange.of(0, 0));
        ranges.put(ApiKeys.FETCH_SNAPSHOT, VersionRange.of(1, 1));
        ranges.put(ApiKeys.ADD_RAFT_VOTER, VersionRange.of(0, 1));
        ranges.put(ApiKeys.REMOVE_RAFT_VOTER, VersionRange.of(0, 0));
        ranges.put(ApiKeys.UPDATE_RAFT_VOTER, VersionRange.of(0, 0));
        ranges.put(ApiKeys.BROKER_REGISTRATION, VersionRange.of(3, 4));
        ranges.put(ApiKeys.BROKER_HEARTBEAT, VersionRange.of(1, 1));
        ranges.put(ApiKeys.ALLOCATE_PRODUCER_IDS, VersionRange.of(0, 0));
        return ranges;
    }

    private static Map<ApiKeys, VersionRange> controllerRanges() {
        Map<ApiKeys, VersionRange> ranges = internalRanges();
        ranges.remove(ApiKeys.LIST_OFFSETS);
        ranges.remove(ApiKeys.DESCRIBE_LOG_DIRS);
        ranges.remove(ApiKeys.ADD_PARTITIONS_TO_TXN);
        ranges.remove(ApiKeys.WRITE_TXN_MARKERS);
        return ranges;
    }

    private static Map<ApiKeys, VersionRange> clientRanges() {
        var ranges = new EnumMap<ApiKeys, VersionRange>(ApiKeys.class);
        ranges.put(ApiKeys.PRODUCE, VersionRange.of(3, 13));
        ranges.put(ApiKeys.FETCH, VersionRange.of(4, 18));
        ranges.put(ApiKeys.LIST_OFFSETS, VersionRange.of(1, 11));
        ranges.put(ApiKeys.METADATA, VersionRange.of(0, 13));
        ranges.put(ApiKeys.OFFSET_COMMIT, VersionRange.of(2, 10));
        ranges.put(ApiKeys.OFFSET_FETCH, VersionRange.of(1, 10));
        ranges.put(ApiKeys.FIND_COORDINATOR, VersionRange.of(0, 6));
        ranges.put(ApiKeys.JOIN_GROUP, VersionRange.of(0, 9));
        ranges.put(ApiKeys.HEARTBEAT, VersionRange.of(0, 4));
        ranges.put(ApiKeys.LEAVE_GROUP, VersionRange.of(0, 5));
        ranges.put(ApiKeys.SYNC_GROUP, VersionRange.of(0, 5));
        ranges.put(ApiKeys.DESCRIBE_GROUPS, VersionRange.of(0, 6));
        ranges.put(ApiKeys.LIST_GROUPS, VersionRange.of(0, 5));
        ranges.put(ApiKeys.SASL_HANDSHAKE, VersionRange.of(0, 1));
        ranges.put(ApiKeys.API_VERSIONS, VersionRange.of(0, 5));
        ranges.put(ApiKeys.CREATE_TOPICS, VersionRange.of(2, 7));
        ranges.put(ApiKeys.DELETE_TOPICS, VersionRange.of(1, 6));
        ranges.put(ApiKeys.DELETE_RECORDS, VersionRange.of(0, 2));
        ranges.put(ApiKeys.INIT_PRODUCER_ID, VersionRange.of(0, 5));
        ranges.put(ApiKeys.OFFSET_FOR_LEADER_EPOCH, VersionRange.of(2, 4));
        ranges.put(ApiKeys.ADD_PARTITIONS_TO_TXN, VersionRange.of(0, 5));
        ranges.put(ApiKeys.ADD_OFFSETS_TO_TXN, VersionRange.of(0, 4));
        ranges.put(ApiKeys.END_TXN, VersionRange.of(0, 5));
        ranges.put(ApiKeys.WRITE_TXN_MARKERS, VersionRange.of(1, 2));
        ranges.put(ApiKeys.TXN_OFFSET_COMMIT, VersionRange.of(0, 6));
        ranges.put(ApiKeys.DESCRIBE_CONFIGS, VersionRange.of(1, 4));
        ranges.put(ApiKeys.ALTER_CONFIGS, VersionRange.of(0, 2));
        ranges.put(ApiKeys.ALTER_REPLICA_LOG_DIRS, VersionRange.of(1, 2));
        ranges.put(ApiKeys.DESCRIBE_LOG_DIRS, VersionRange.of(1, 5));
        ranges.put(ApiKeys.CREATE_PARTITIONS, VersionRange.of(0, 3));
        ranges.put(ApiKeys.SASL_AUTHENTICATE, VersionRange.of(0, 2));
        ranges.put(ApiKeys.DELETE_GROUPS, VersionRange.of(0, 3));
        ranges.put(ApiKeys.ELECT_LEADERS, VersionRange.of(0, 2));
        ranges.put(ApiKeys.INCREMENTAL_ALTER_CONFIGS, VersionRange.of(0, 1));
        ranges.put(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, VersionRange.of(0, 1));
        ranges.put(ApiKeys.LIST_PARTITION_REASSIGNMENTS, VersionRange.of(0, 0));
        ranges.put(ApiKeys.OFFSET_DELETE, VersionRange.of(0, 0));
        ranges.put(ApiKeys.DESCRIBE_CLIENT_QUOTAS, VersionRange.of(0, 1));
        ranges.put(ApiKeys.ALTER_CLIENT_QUOTAS, VersionRange.of(0, 1));
        ranges.put(ApiKeys.DESCRIBE_QUORUM, VersionRange.of(0, 2));
        ranges.put(ApiKeys.UPDATE_FEATURES, VersionRange.of(0, 2));
        ranges.put(ApiKeys.DESCRIBE_CLUSTER, VersionRange.of(0, 2));
        ranges.put(ApiKeys.DESCRIBE_PRODUCERS, VersionRange.of(0, 0));
        ranges.put(ApiKeys.UNREGISTER_BROKER, VersionRange.of(0, 0));
        ranges.put(ApiKeys.DESCRIBE_TRANSACTIONS, VersionRange.of(0, 0));
        ranges.put(ApiKeys.LIST_TRANSACTIONS, VersionRange.of(0, 2));
        ranges.put(ApiKeys.CONSUMER_GROUP_HEARTBEAT, VersionRange.of(0, 1));
        ranges.put(ApiKeys.CONSUMER_GROUP_DESCRIBE, VersionRange.of(0, 1));
        ranges.put(ApiKeys.LIST_CONFIG_RESOURCES, VersionRange.of(0, 1));
        ranges.put(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, VersionRange.of(0, 0));
        ranges.put(ApiKeys.ADD_RAFT_VOTER, VersionRange.of(0, 1));
        ranges.put(ApiKeys.REMOVE_RAFT_VOTER, VersionRange.of(0, 0));
        ranges.put(ApiKeys.UNREGISTER_CONTROLLER, VersionRange.of(0, 0));
        return ranges;
    }
}
