import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.ProduceResponse;

import java.io.IOException;
import java.util.List;

/**
 * Runs before the brokers: the time until all of them are known and a write is acknowledged by all
 * replicas, creation of the topic included. With {@code create=0} the topic is there already.
 */
final class Ready {
    private static final short METADATA_VERSION = 9;
    private static final short CREATE_TOPICS_VERSION = 5;

    private final Load.Options options;
    private final MemoryRecords record = RawConnection.batch(100, 108, "none");
    private String lastError = "";

    private Ready(Load.Options options) {
        this.options = options;
    }

    static void run(Load.Options options) throws IOException {
        new Ready(options).measure();
    }

    private void measure() throws IOException {
        Window.mark("go");
        Window.awaitDriver();
        long startNanos = System.nanoTime();
        long deadline = startNanos + (long) (options.number("timeout", 120) * 1e9);
        boolean ready = false;
        while (!ready && System.nanoTime() < deadline) {
            try (var connection = RawConnection.to(options.bootstrap())) {
                ready = written(connection);
            } catch (IOException | RuntimeException notYet) {
                lastError = notYet.toString();
            }
            if (!ready) {
                Window.sleepMs(5);
            }
        }
        new Load.Result()
                .add("ready_ms", (System.nanoTime() - startNanos) / 1e6)
                .add("ok", ready)
                .add("last_error", ready ? "" : lastError)
                .print();
    }

    private boolean written(RawConnection connection) throws IOException {
        var request =
                new MetadataRequest.Builder(
                                List.of(options.topic()), false, METADATA_VERSION, METADATA_VERSION)
                        .build(METADATA_VERSION);
        var metadata =
                (MetadataResponse) connection.call(request, ApiKeys.METADATA, METADATA_VERSION);
        var topic = metadata.data().topics().find(options.topic());
        lastError = "only " + metadata.data().brokers().size() + " brokers are known";
        if (metadata.data().brokers().size() < options.integer("nodes", 1)) {
            return false;
        }
        if (topic == null || topic.partitions().isEmpty()) {
            if (options.integer("create", 1) == 1) {
                createTopic(connection);
            }
            return false;
        }
        var leader = metadata.data().brokers().find(topic.partitions().getFirst().leaderId());
        lastError = "no leader";
        return leader != null && written(leader);
    }

    private boolean written(MetadataResponseBroker leader) throws IOException {
        ProduceResponse response;
        try (var connection = new RawConnection(leader.host(), leader.port())) {
            response =
                    (ProduceResponse)
                            connection.call(
                                    RawConnection.produce(options.topic(), 0, (short) -1, record),
                                    ApiKeys.PRODUCE,
                                    RawConnection.PRODUCE_VERSION);
        }
        short error =
                response.data()
                        .responses()
                        .iterator()
                        .next()
                        .partitionResponses()
                        .getFirst()
                        .errorCode();
        lastError = "produce error " + error;
        return error == 0;
    }

    private void createTopic(RawConnection connection) throws IOException {
        var topic =
                new CreatableTopic()
                        .setName(options.topic())
                        .setNumPartitions(1)
                        .setReplicationFactor((short) Math.min(3, options.integer("nodes", 1)));
        var topics = new CreatableTopicCollection(List.of(topic).iterator());
        var request =
                new CreateTopicsRequest.Builder(
                                new CreateTopicsRequestData()
                                        .setTimeoutMs(10_000)
                                        .setTopics(topics))
                        .build(CREATE_TOPICS_VERSION);
        connection.call(request, ApiKeys.CREATE_TOPICS, CREATE_TOPICS_VERSION);
    }
}
