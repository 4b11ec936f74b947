package io.tombolo.protocol;

import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.types.Schema;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;

/**
 * Builds Kafka's messages from bytes that may be hostile: walks over them first, within {@link
 * DecodeLimits}, and only then lets the generated classes read. Immutable apart from a cache of
 * shapes that any thread may fill.
 *
 * <p>What Kafka 4.4's generated readers check themselves is not enough: they compare a number of
 * elements with the remaining bytes as if each took one, keep every unknown tagged field, trust the
 * content of a known tagged field over its size, and let one frame of equal keys take quadratic
 * time.
 */
public final class MessageReader {

    /** Requests with arrays that Kafka keeps in hashed collections. */
    static final Set<ApiKeys> KEYED_REQUESTS =
            EnumSet.of(
                    ApiKeys.PRODUCE,
                    ApiKeys.JOIN_GROUP,
                    ApiKeys.CREATE_TOPICS,
                    ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                    ApiKeys.ADD_PARTITIONS_TO_TXN,
                    ApiKeys.ALTER_CONFIGS,
                    ApiKeys.ALTER_REPLICA_LOG_DIRS,
                    ApiKeys.DESCRIBE_LOG_DIRS,
                    ApiKeys.CREATE_PARTITIONS,
                    ApiKeys.ELECT_LEADERS,
                    ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                    ApiKeys.OFFSET_DELETE,
                    ApiKeys.BEGIN_QUORUM_EPOCH,
                    ApiKeys.END_QUORUM_EPOCH,
                    ApiKeys.UPDATE_FEATURES,
                    ApiKeys.DESCRIBE_PRODUCERS,
                    ApiKeys.BROKER_REGISTRATION,
                    ApiKeys.CONTROLLER_REGISTRATION,
                    ApiKeys.SHARE_FETCH,
                    ApiKeys.SHARE_ACKNOWLEDGE,
                    ApiKeys.ADD_RAFT_VOTER,
                    ApiKeys.UPDATE_RAFT_VOTER,
                    ApiKeys.ALTER_SHARE_GROUP_OFFSETS);

    /** Responses with arrays that Kafka keeps in hashed collections. */
    static final Set<ApiKeys> KEYED_RESPONSES =
            EnumSet.of(
                    ApiKeys.PRODUCE,
                    ApiKeys.FETCH,
                    ApiKeys.METADATA,
                    ApiKeys.API_VERSIONS,
                    ApiKeys.CREATE_TOPICS,
                    ApiKeys.DELETE_TOPICS,
                    ApiKeys.DELETE_RECORDS,
                    ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                    ApiKeys.ADD_PARTITIONS_TO_TXN,
                    ApiKeys.DELETE_GROUPS,
                    ApiKeys.OFFSET_DELETE,
                    ApiKeys.VOTE,
                    ApiKeys.BEGIN_QUORUM_EPOCH,
                    ApiKeys.END_QUORUM_EPOCH,
                    ApiKeys.DESCRIBE_QUORUM,
                    ApiKeys.UPDATE_FEATURES,
                    ApiKeys.FETCH_SNAPSHOT,
                    ApiKeys.DESCRIBE_CLUSTER,
                    ApiKeys.DESCRIBE_TRANSACTIONS,
                    ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                    ApiKeys.SHARE_FETCH,
                    ApiKeys.SHARE_ACKNOWLEDGE,
                    ApiKeys.ALTER_SHARE_GROUP_OFFSETS);

    private static final int API_COUNT = 1 + highestId();
    private static final Shape REQUEST_HEADER_1 = Shape.of(RequestHeaderData.SCHEMA_1);
    private static final Shape REQUEST_HEADER_2 = Shape.of(RequestHeaderData.SCHEMA_2);
    private static final Shape RESPONSE_HEADER_0 = Shape.of(ResponseHeaderData.SCHEMA_0);
    private static final Shape RESPONSE_HEADER_1 = Shape.of(ResponseHeaderData.SCHEMA_1);

    private final boolean requests;
    private final DecodeLimits limits;

    // Shapes are immutable, so that two threads compiling the same one do no harm.
    private final @Nullable Shape[][] shapes = new @Nullable Shape[API_COUNT][];

    private MessageReader(boolean requests, DecodeLimits limits) {
        this.requests = requests;
        this.limits = limits;
    }

    /** A reader of request bodies. */
    public static MessageReader ofRequests(DecodeLimits limits) {
        return new MessageReader(true, limits);
    }

    /** A reader of response bodies. */
    public static MessageReader ofResponses(DecodeLimits limits) {
        return new MessageReader(false, limits);
    }

    /** What became of the bytes. */
    public sealed interface Result {

        /** A message; bytes of records in it are views onto the buffer. */
        record Built(ApiMessage body) implements Result {}

        /** Nothing was built. */
        record Refused(DecodedFrame.Reason reason, String detail) implements Result {}
    }

    /**
     * Reads a body from the buffer's position on. Bytes behind the body are ignored, as Kafka does.
     *
     * @param version a version that the API has
     */
    public Result readBody(ApiKeys api, short version, ByteBuffer buffer) {
        Set<ApiKeys> keyed = requests ? KEYED_REQUESTS : KEYED_RESPONSES;
        int elementsMax =
                keyed.contains(api) ? limits.keyedElementsMax() : limits.arrayElementsMax();
        var walk = new ShapeWalk(buffer, limits, elementsMax);
        if (!walk.passes(shape(api, version))) {
            return refused(walk);
        }
        ApiMessage body = requests ? api.messageType.newRequest() : api.messageType.newResponse();
        try {
            body.read(new GuardedReader(buffer), version);
        } catch (RuntimeException unreadable) {
            // The last resort: whatever the generated reader dislikes that the walk let pass.
            return new Result.Refused(
                    DecodedFrame.Reason.MALFORMED,
                    "unreadable: " + unreadable.getClass().getSimpleName());
        }
        return new Result.Built(body);
    }

    /**
     * The index behind the header that begins at the buffer's position, or -1 when there is no
     * whole header of this version.
     */
    public int headerEnd(short headerVersion, ByteBuffer buffer) {
        var walk = new ShapeWalk(buffer, limits, limits.arrayElementsMax());
        Shape header =
                requests
                        ? headerVersion < 2 ? REQUEST_HEADER_1 : REQUEST_HEADER_2
                        : headerVersion < 1 ? RESPONSE_HEADER_0 : RESPONSE_HEADER_1;
        return walk.passes(header) ? walk.position() : -1;
    }

    private static Result refused(ShapeWalk walk) {
        String fault = walk.fault();
        return new Result.Refused(
                walk.costly() ? DecodedFrame.Reason.TOO_COSTLY : DecodedFrame.Reason.MALFORMED,
                fault == null ? "" : fault);
    }

    private Shape shape(ApiKeys api, short version) {
        Schema[] schemas =
                requests ? api.messageType.requestSchemas() : api.messageType.responseSchemas();
        @Nullable Shape[] versions = shapes[api.id];
        if (versions == null) {
            versions = new @Nullable Shape[schemas.length];
            shapes[api.id] = versions;
        }
        Shape shape = versions[version];
        if (shape == null) {
            shape = Shape.of(schemas[version]);
            versions[version] = shape;
        }
        return shape;
    }

    private static int highestId() {
        int highest = 0;
        for (ApiKeys api : ApiKeys.values()) {
            highest = Math.max(highest, api.id);
        }
        return highest;
    }
}
