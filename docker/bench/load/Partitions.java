import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;

import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Many partitions: creates topics of 100, ten to a request, until each partition has a leader (with
 * {@code create=0} they are there already) and, with {@code write=1}, a record; then how long a
 * client waits for the metadata of all.
 */
final class Partitions {
    private static final short METADATA_VERSION = 9;
    private static final int PER_TOPIC = 100;
    private static final int TOPICS_PER_REQUEST = 10;
    private static final String PREFIX = "many-";

    private final Load.Options options;
    private final int topics;

    private Partitions(Load.Options options) {
        this.options = options;
        this.topics = options.integer("partitions", 1000) / PER_TOPIC;
    }

    static void run(Load.Options options) throws Exception {
        new Partitions(options).measure();
    }

    private void measure() throws Exception {
        Window.mark("start");
        long startNanos = System.nanoTime();
        if (options.integer("create", 1) == 1) {
            create();
        }
        long createdNanos = System.nanoTime();
        int led = awaitLeaders(startNanos + (long) (options.number("timeout", 300) * 1e9));
        long ledNanos = System.nanoTime();
        boolean writes = options.integer("write", 0) == 1;
        if (writes) {
            write();
        }
        long writtenNanos = System.nanoTime();
        Window.mark("end");
        var result =
                new Load.Result()
                        .add("leaders", led)
                        .add("ok", led == topics * PER_TOPIC)
                        .add("create_ms", (createdNanos - startNanos) / 1e6)
                        .add("all_leaders_ms", (ledNanos - startNanos) / 1e6);
        if (writes) {
            result.add("written_ms", (writtenNanos - startNanos) / 1e6);
        }
        Window.percentiles(result, "metadata", metadataNanos());
        result.print();
    }

    private void create() throws Exception {
        try (Admin admin = Clients.admin(options.bootstrap())) {
            for (int first = 0; first < topics; first += TOPICS_PER_REQUEST) {
                var batch = new ArrayList<NewTopic>();
                for (int index = first;
                        index < Math.min(topics, first + TOPICS_PER_REQUEST);
                        index++) {
                    short replicas = (short) options.integer("replicas", 1);
                    batch.add(new NewTopic(PREFIX + index, PER_TOPIC, replicas));
                }
                admin.createTopics(batch, new CreateTopicsOptions().timeoutMs(120_000)).all().get();
            }
        }
    }

    /** One record to each partition, all acknowledged. */
    private void write() {
        byte[] value = new byte[100];
        try (var producer = Clients.producer(options)) {
            var sent = new ArrayList<Future<RecordMetadata>>();
            for (int topic = 0; topic < topics; topic++) {
                for (int partition = 0; partition < PER_TOPIC; partition++) {
                    sent.add(
                            producer.send(
                                    new ProducerRecord<>(PREFIX + topic, partition, null, value)));
                }
            }
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        } catch (InterruptedException | ExecutionException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private int awaitLeaders(long deadline) {
        int led = 0;
        while (led < topics * PER_TOPIC && System.nanoTime() < deadline) {
            try (var connection = RawConnection.to(options.bootstrap())) {
                led = led(metadata(connection));
            } catch (IOException | RuntimeException notYet) {
                // the broker is still starting; asked again
            }
            Window.sleepMs(20);
        }
        return led;
    }

    private Histogram metadataNanos() throws IOException {
        var nanos = new Histogram(600_000_000_000L, 3);
        try (var connection = RawConnection.to(options.bootstrap())) {
            for (int index = 0; index < 30; index++) {
                long asked = System.nanoTime();
                metadata(connection);
                if (index >= 10) {
                    nanos.recordValue(System.nanoTime() - asked);
                }
            }
        }
        return nanos;
    }

    private static MetadataResponse metadata(RawConnection connection) throws IOException {
        return (MetadataResponse)
                connection.call(
                        MetadataRequest.Builder.allTopics().build(METADATA_VERSION),
                        ApiKeys.METADATA,
                        METADATA_VERSION);
    }

    private static int led(MetadataResponse metadata) {
        int led = 0;
        for (var topic : metadata.data().topics()) {
            if (topic.name().startsWith(PREFIX)) {
                for (var partition : topic.partitions()) {
                    led += partition.leaderId() >= 0 && partition.errorCode() == 0 ? 1 : 0;
                }
            }
        }
        return led;
    }
}
