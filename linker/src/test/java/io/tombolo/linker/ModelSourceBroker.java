package io.tombolo.linker;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Frame;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Payload;
import io.tombolo.protocol.ApiVersionsAnswer;
import io.tombolo.protocol.DecodedFrame;
import io.tombolo.protocol.PayloadRecords;
import io.tombolo.protocol.Request;
import io.tombolo.protocol.RequestDecoder;
import io.tombolo.protocol.ResponseEncoder;
import io.tombolo.protocol.ServedApis;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One broker of a {@link ModelSource}: answers what a link asks, as Apache Kafka does. */
final class ModelSourceBroker {

    private static final FrameLimits LIMITS =
            new FrameLimits(8 << 20, 30_000_000_000L, Long.MAX_VALUE, 64 << 20);
    private static final long POLL_NANOS = 40_000_000;

    private record Target(ModelSource.Topic topic, int partition) {}

    private final int id;
    private final ModelSource source;
    private final Environment environment;
    private int sessionCount;

    ModelSourceBroker(int id, ModelSource source, Environment environment) {
        this.id = id;
        this.source = source;
        this.environment = environment;
    }

    void listen() {
        environment
                .network()
                .listen(new Endpoint(source.brokerHosts.get(id), 9092), LIMITS, Client::new);
    }

    /** One connection and its fetch session. */
    private final class Client implements ConnectionHandler {
        private final Connection connection;
        private final EventLoop loop;
        private final RequestDecoder decoder = new RequestDecoder(ServedApis.clientListener());
        private final Map<String, FetchPartition> session = new LinkedHashMap<>();
        private final Map<String, Target> targets = new LinkedHashMap<>();
        private final Map<String, long[]> told = new TreeMap<>();
        private int sessionId;
        private int sessionEpoch;
        private boolean gone;

        Client(Connection connection) {
            this.connection = connection;
            this.loop = connection.loop();
        }

        @Override
        public void received(Frame frame) {
            DecodedFrame decoded = decoder.decode(frame.bytes());
            if (decoded instanceof DecodedFrame.Accepted(Request request)) {
                serve(request);
            } else {
                connection.close(new CloseReason(CloseReason.Kind.MALFORMED, decoded.toString()));
            }
            frame.release();
        }

        @Override
        public void closed(CloseReason reason) {
            gone = true;
        }

        private void serve(Request request) {
            switch (request.api()) {
                case API_VERSIONS ->
                        answer(
                                request,
                                new ApiVersionsAnswer(ServedApis.clientListener(), new TreeMap<>())
                                        .list(request.version(), new TreeMap<>(), -1));
                case METADATA -> answer(request, metadata());
                case LIST_OFFSETS ->
                        answer(request, listOffsets((ListOffsetsRequestData) request.body()));
                case OFFSET_FOR_LEADER_EPOCH ->
                        answer(request, epochs((OffsetForLeaderEpochRequestData) request.body()));
                case DESCRIBE_CONFIGS ->
                        answer(request, configs((DescribeConfigsRequestData) request.body()));
                case LIST_GROUPS -> answer(request, listGroups());
                case OFFSET_FETCH ->
                        answer(request, offsets((OffsetFetchRequestData) request.body()));
                case FETCH -> fetch(request, (FetchRequestData) request.body());
                default -> connection.close(new CloseReason(CloseReason.Kind.MALFORMED, "what?"));
            }
        }

        private void answer(Request request, ApiMessage body) {
            if (!gone) {
                connection.send(
                        ResponseEncoder.encode(
                                request.api(), request.version(), request.correlationId(), body));
            }
        }

        private MetadataResponseData metadata() {
            var answer = new MetadataResponseData().setClusterId("model").setControllerId(1);
            source.brokerHosts.forEach((broker, host) ->
                    answer.brokers()
                            .add(
                                    new MetadataResponseData.MetadataResponseBroker()
                                            .setNodeId(broker)
                                            .setHost(host)
                                            .setPort(9092)));
            for (var topic : source.stale.getOrDefault(id, List.copyOf(source.topics.values()))) {
                var described =
                        new MetadataResponseData.MetadataResponseTopic()
                                .setName(topic.name)
                                .setTopicId(topic.id);
                for (int i = 0; i < topic.parts.size(); i++) {
                    described
                            .partitions()
                            .add(
                                    new MetadataResponseData.MetadataResponsePartition()
                                            .setPartitionIndex(i)
                                            .setLeaderId(topic.parts.get(i).leader)
                                            .setLeaderEpoch(topic.parts.get(i).leaderEpoch));
                }
                answer.topics().add(described);
            }
            return answer;
        }

        private ModelSource.@Nullable Part part(String topic, int partition) {
            ModelSource.Topic found = source.topics.get(topic);
            return found == null || partition >= found.parts.size()
                    ? null
                    : found.parts.get(partition);
        }

        private Errors check(ModelSource.@Nullable Part part, int currentEpoch) {
            if (part == null) {
                return Errors.UNKNOWN_TOPIC_OR_PARTITION;
            }
            if (currentEpoch >= 0 && currentEpoch < part.leaderEpoch) {
                return Errors.FENCED_LEADER_EPOCH;
            }
            if (currentEpoch > part.leaderEpoch) {
                return Errors.UNKNOWN_LEADER_EPOCH;
            }
            return part.leader == id ? Errors.NONE : Errors.NOT_LEADER_OR_FOLLOWER;
        }

        private ListOffsetsResponseData listOffsets(ListOffsetsRequestData request) {
            var answer = new ListOffsetsResponseData();
            for (var topic : request.topics()) {
                var out =
                        new ListOffsetsResponseData.ListOffsetsTopicResponse()
                                .setName(topic.name());
                for (var asked : topic.partitions()) {
                    var part = part(topic.name(), asked.partitionIndex());
                    Errors error = check(part, asked.currentLeaderEpoch());
                    var one =
                            new ListOffsetsResponseData.ListOffsetsPartitionResponse()
                                    .setPartitionIndex(asked.partitionIndex())
                                    .setErrorCode(error.code());
                    if (part != null && error == Errors.NONE) {
                        one.setOffset(
                                switch ((int) asked.timestamp()) {
                                    case -2 -> part.start;
                                    case -1 -> part.end;
                                    default -> part.offsetAt(asked.timestamp());
                                });
                    }
                    out.partitions().add(one);
                }
                answer.topics().add(out);
            }
            return answer;
        }

        private OffsetForLeaderEpochResponseData epochs(OffsetForLeaderEpochRequestData request) {
            var answer = new OffsetForLeaderEpochResponseData();
            for (var topic : request.topics()) {
                var out =
                        new OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult()
                                .setTopic(topic.topic());
                for (var asked : topic.partitions()) {
                    var part = part(topic.topic(), asked.partition());
                    Errors error = check(part, asked.currentLeaderEpoch());
                    var one =
                            new OffsetForLeaderEpochResponseData.EpochEndOffset()
                                    .setPartition(asked.partition())
                                    .setErrorCode(error.code());
                    long[] end = part == null ? null : part.endOfEpoch(asked.leaderEpoch());
                    if (error == Errors.NONE && end != null) {
                        one.setLeaderEpoch((int) end[0]).setEndOffset(end[1]);
                    }
                    out.partitions().add(one);
                }
                answer.topics().add(out);
            }
            return answer;
        }

        private DescribeConfigsResponseData configs(DescribeConfigsRequestData request) {
            var answer = new DescribeConfigsResponseData();
            for (var resource : request.resources()) {
                var result =
                        new DescribeConfigsResponseData.DescribeConfigsResult()
                                .setResourceType(resource.resourceType())
                                .setResourceName(resource.resourceName());
                if (source.configsDenied) {
                    result.setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
                    answer.results().add(result);
                    continue;
                }
                result.configs()
                        .add(
                                new DescribeConfigsResponseData.DescribeConfigsResourceResult()
                                        .setName("retention.ms")
                                        .setValue(source.retentionMs)
                                        .setConfigSource(source.retentionOrigin));
                result.configs()
                        .add(
                                new DescribeConfigsResponseData.DescribeConfigsResourceResult()
                                        .setName("delete.retention.ms")
                                        .setValue(source.deleteRetentionMs)
                                        .setConfigSource((byte) 5));
                result.configs()
                        .add(
                                new DescribeConfigsResponseData.DescribeConfigsResourceResult()
                                        .setName("cleanup.policy")
                                        .setValue(source.cleanupPolicy)
                                        .setConfigSource(source.cleanupOrigin));
                answer.results().add(result);
            }
            return answer;
        }

        private ListGroupsResponseData listGroups() {
            var answer = new ListGroupsResponseData();
            for (String group : source.groups.keySet()) {
                if (Math.floorMod(group.hashCode(), source.brokerHosts.size()) + 1 == id) {
                    answer.groups()
                            .add(
                                    new ListGroupsResponseData.ListedGroup()
                                            .setGroupId(group)
                                            .setGroupType("classic")
                                            .setProtocolType("consumer"));
                }
            }
            return answer;
        }

        private OffsetFetchResponseData offsets(OffsetFetchRequestData request) {
            var answer = new OffsetFetchResponseData();
            for (var group : request.groups()) {
                var out =
                        new OffsetFetchResponseData.OffsetFetchResponseGroup()
                                .setGroupId(group.groupId());
                var byTopic =
                        new TreeMap<String, OffsetFetchResponseData.OffsetFetchResponseTopics>();
                source.groups
                        .getOrDefault(group.groupId(), new TreeMap<>())
                        .forEach((name, offset) -> {
                            int dash = name.lastIndexOf('-');
                            byTopic.computeIfAbsent(
                                            name.substring(0, dash),
                                            topic ->
                                                    new OffsetFetchResponseData
                                                                    .OffsetFetchResponseTopics()
                                                            .setName(topic))
                                    .partitions()
                                    .add(
                                            new OffsetFetchResponseData
                                                            .OffsetFetchResponsePartitions()
                                                    .setPartitionIndex(
                                                            Integer.parseInt(
                                                                    name.substring(dash + 1)))
                                                    .setCommittedOffset(offset)
                                                    .setMetadata(""));
                        });
                out.topics().addAll(byTopic.values());
                answer.groups().add(out);
            }
            return answer;
        }

        // --- fetching

        private void fetch(Request request, FetchRequestData fetch) {
            if (fetch.sessionEpoch() > 0
                    && (fetch.sessionId() != sessionId || fetch.sessionEpoch() != sessionEpoch)) {
                answer(
                        request,
                        new FetchResponseData()
                                .setErrorCode(Errors.FETCH_SESSION_ID_NOT_FOUND.code()));
                return;
            }
            if (fetch.sessionEpoch() == 0) {
                sessionId = 1_000 * id + ++sessionCount;
                sessionEpoch = 0;
                session.clear();
                targets.clear();
                told.clear();
            }
            sessionEpoch++;
            for (var topic : fetch.forgottenTopicsData()) {
                for (int partition : topic.partitions()) {
                    session.remove(topic.topicId() + "-" + partition);
                }
            }
            for (var topic : fetch.topics()) {
                for (FetchPartition partition : topic.partitions()) {
                    String key = topic.topicId() + "-" + partition.partition();
                    session.put(key, partition);
                    ModelSource.Topic found = byId(topic.topicId());
                    if (found != null) {
                        targets.put(key, new Target(found, partition.partition()));
                    }
                }
            }
            long deadline = environment.clock().nanoTime() + fetch.maxWaitMs() * 1_000_000L;
            respond(request, fetch, deadline);
        }

        private ModelSource.@Nullable Topic byId(Uuid topicId) {
            for (ModelSource.Topic topic : source.topics.values()) {
                if (topic.id.equals(topicId)) {
                    return topic;
                }
            }
            return null;
        }

        private void respond(Request request, FetchRequestData fetch, long deadline) {
            if (gone) {
                return;
            }
            var topics = new TreeMap<String, FetchableTopicResponse>();
            int bytes = 0;
            for (var entry : session.entrySet()) {
                Uuid topicId = Uuid.fromString(entry.getKey().substring(0, 22));
                PartitionData data = read(entry.getKey(), topicId, entry.getValue(), bytes);
                if (data != null) {
                    bytes += data.records() == null ? 0 : data.records().sizeInBytes();
                    topics.computeIfAbsent(
                                    topicId.toString(),
                                    _ -> new FetchableTopicResponse().setTopicId(topicId))
                            .partitions()
                            .add(data);
                }
            }
            if (topics.isEmpty() && environment.clock().nanoTime() < deadline) {
                loop.schedule(POLL_NANOS, () -> respond(request, fetch, deadline));
                return;
            }
            answer(
                    request,
                    new FetchResponseData()
                            .setSessionId(sessionId)
                            .setResponses(new ArrayList<>(topics.values())));
        }

        /** Null when there is nothing to say. */
        private @Nullable PartitionData read(
                String key, Uuid topicId, FetchPartition asked, int bytesSoFar) {
            var data = new PartitionData().setPartitionIndex(asked.partition());
            Target target = targets.get(key);
            if (target == null || byId(topicId) == null) {
                return data.setErrorCode(Errors.UNKNOWN_TOPIC_ID.code());
            }
            ModelSource.Part part = target.topic.parts.get(target.partition);
            Errors error = check(part, asked.currentLeaderEpoch());
            if (error != Errors.NONE) {
                return data.setErrorCode(error.code());
            }
            long offset = asked.fetchOffset();
            if (asked.lastFetchedEpoch() >= 0) {
                long[] end = part.endOfEpoch(asked.lastFetchedEpoch());
                if (end == null) {
                    return data.setErrorCode(Errors.OFFSET_OUT_OF_RANGE.code());
                }
                if (end[0] < asked.lastFetchedEpoch() || end[1] < offset) {
                    data.setDivergingEpoch(
                            new FetchResponseData.EpochEndOffset()
                                    .setEpoch((int) end[0])
                                    .setEndOffset(end[1]));
                    return data.setHighWatermark(part.end).setLogStartOffset(part.start);
                }
            }
            if (offset < part.start || offset > part.end) {
                return data.setErrorCode(Errors.OFFSET_OUT_OF_RANGE.code());
            }
            List<Payload> parts = bytesSoFar > 4_096 ? List.of() : records(part, offset);
            long[] before = told.put(key, new long[] {part.start, part.end, offset});
            boolean changed = before == null || before[0] != part.start || before[1] != part.end;
            if (parts.isEmpty() && !changed) {
                return null;
            }
            PayloadRecords.attach(data, parts);
            return data.setHighWatermark(part.end).setLogStartOffset(part.start);
        }

        private List<Payload> records(ModelSource.Part part, long offset) {
            var parts = new ArrayList<Payload>();
            int index = 0;
            while (index < part.batches.size() && part.batches.get(index).nextOffset() <= offset) {
                index++;
            }
            if (source.replayNext && index > 0 && index < part.batches.size()) {
                source.replayNext = false;
                index--;
            }
            for (int taken = 0; index < part.batches.size() && taken < 5; index++, taken++) {
                ByteBuffer bytes = part.batches.get(index).bytes().duplicate();
                if (source.corruptNext) {
                    source.corruptNext = false;
                    var copy = ByteBuffer.allocate(bytes.remaining());
                    copy.put(bytes).flip();
                    copy.put(copy.limit() - 3, (byte) (copy.get(copy.limit() - 3) ^ 1));
                    bytes = copy;
                }
                parts.add(new Payload.Memory(bytes));
            }
            return parts;
        }
    }
}
