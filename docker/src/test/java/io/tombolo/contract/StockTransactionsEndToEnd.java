package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.util.concurrent.TimeUnit.SECONDS;

import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.DisplayName;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What Kafka's own transactional producer and its tools do, against both brokers. */
class StockTransactionsEndToEnd {

    private static final int PATIENCE_SECONDS = 60;
    private static final Duration POLL = Duration.ofMillis(200);

    private static KafkaProducer<String, String> producer(Subject subject, String id) {
        var producer =
                new KafkaProducer<>(
                        Map.<String, Object>of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                subject.bootstrap(),
                                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                                id),
                        new StringSerializer(),
                        new StringSerializer());
        producer.initTransactions();
        return producer;
    }

    private static KafkaConsumer<String, String> consumer(Subject subject, String group) {
        return new KafkaConsumer<>(
                Map.<String, Object>of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        subject.bootstrap(),
                        ConsumerConfig.GROUP_ID_CONFIG,
                        group,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static void send(KafkaProducer<String, String> producer, Topic topic, String value)
            throws Exception {
        producer.send(new ProducerRecord<>(topic.name(), value, value))
                .get(PATIENCE_SECONDS, SECONDS);
    }

    /** The values up to and with the last one. */
    private static List<String> committed(Subject subject, Topic topic, String last) {
        var values = new ArrayList<String>();
        try (var consumer = consumer(subject, Subject.freshName("reader"))) {
            consumer.subscribe(List.of(topic.name()));
            Eventually.eventually(
                    last + " is read",
                    () -> {
                        consumer.poll(POLL).forEach(record -> values.add(record.value()));
                        return values;
                    },
                    read -> read.contains(last));
        }
        return values;
    }

    @ContractTest
    @DisplayName("what is committed is read by read_committed consumers, what is aborted is not")
    void onlyWhatIsCommittedIsRead(Subject subject) throws Exception {
        Topic topic = subject.newTopic();
        try (var producer = producer(subject, Subject.freshName("stock"))) {
            for (String end : List.of("a", "b", "c", "d")) {
                producer.beginTransaction();
                send(producer, topic, end + " committed");
                producer.commitTransaction();
                producer.beginTransaction();
                send(producer, topic, end + " aborted");
                producer.abortTransaction();
            }
            producer.beginTransaction();
            send(producer, topic, "last");
            producer.commitTransaction();

            assertThat(committed(subject, topic, "last"))
                    .containsExactly(
                            "a committed", "b committed", "c committed", "d committed", "last");
        }
    }

    @ContractTest
    @DisplayName("a producer that takes the place of another fences it")
    void successorFences(Subject subject) throws Exception {
        Topic topic = subject.newTopic();
        String id = Subject.freshName("stock");
        try (var zombie = producer(subject, id)) {
            zombie.beginTransaction();
            send(zombie, topic, "of the zombie");
            try (var successor = producer(subject, id)) {
                successor.beginTransaction();
                send(successor, topic, "of the successor");
                successor.commitTransaction();

                assertThatThrownBy(zombie::commitTransaction)
                        .isInstanceOfAny(
                                ProducerFencedException.class, InvalidProducerEpochException.class);
            }
        }
        assertThat(committed(subject, topic, "of the successor"))
                .containsExactly("of the successor");
    }

    @ContractTest
    @DisplayName("what is read, worked on and written in one transaction counts once")
    void readProcessWrite(Subject subject) throws Exception {
        Topic from = subject.newTopic();
        Topic to = subject.newTopic();
        String group = Subject.freshName("worker");
        try (var client = subject.connect()) {
            ProduceCalls.append(client, from, "1", "2", "3", "4", "5", "6");
        }
        for (int life = 0; life < 4; life++) {
            try (var consumer = consumer(subject, group);
                    var producer = producer(subject, group)) {
                consumer.subscribe(List.of(from.name()));
                work(producer, consumer, to, next(consumer), life != 1);
            }
        }
        assertThat(committed(subject, to, "worked on 3"))
                .containsExactly("worked on 1", "worked on 2", "worked on 3");
    }

    /** One record at a time, though more of them come together. */
    private static ConsumerRecord<String, String> next(KafkaConsumer<String, String> consumer) {
        var found = new ArrayList<ConsumerRecord<String, String>>();
        Eventually.eventually(
                "a record",
                () -> {
                    consumer.poll(POLL).forEach(found::add);
                    return found;
                },
                records -> !records.isEmpty());
        var first = found.getFirst();
        consumer.seek(new TopicPartition(first.topic(), 0), first.offset() + 1);
        return first;
    }

    private static void work(
            KafkaProducer<String, String> producer,
            KafkaConsumer<String, String> consumer,
            Topic to,
            ConsumerRecord<String, String> record,
            boolean commit)
            throws Exception {
        producer.beginTransaction();
        send(producer, to, "worked on " + record.value());
        var position = new HashMap<TopicPartition, OffsetAndMetadata>();
        position.put(
                new TopicPartition(record.topic(), 0), new OffsetAndMetadata(record.offset() + 1));
        producer.sendOffsetsToTransaction(position, consumer.groupMetadata());
        if (commit) {
            producer.commitTransaction();
        } else {
            producer.abortTransaction();
        }
    }

    @ContractTest
    @DisplayName("the admin client lists, describes, fences and aborts transactions")
    void adminClientSeesTransactions(Subject subject) throws Exception {
        Topic topic = subject.newTopic();
        var partition = new TopicPartition(topic.name(), 0);
        String id = Subject.freshName("stock");
        try (var producer = producer(subject, id);
                Admin admin = Admin.create(StockClientsEndToEnd.clientConfig(subject))) {
            producer.beginTransaction();
            send(producer, topic, "open");

            TransactionDescription open =
                    admin.describeTransactions(List.of(id))
                            .description(id)
                            .get(PATIENCE_SECONDS, SECONDS);
            assertThat(open.state()).isEqualTo(TransactionState.ONGOING);
            assertThat(open.topicPartitions()).containsExactly(partition);
            assertThat(admin.listTransactions().all().get(PATIENCE_SECONDS, SECONDS))
                    .anySatisfy(one -> assertThat(one.transactionalId()).isEqualTo(id));
            var writer =
                    admin.describeProducers(List.of(partition))
                            .partitionResult(partition)
                            .get(PATIENCE_SECONDS, SECONDS)
                            .activeProducers()
                            .getFirst();
            assertThat(writer.currentTransactionStartOffset()).hasValue(0);

            admin.abortTransaction(
                            new AbortTransactionSpec(
                                    partition,
                                    writer.producerId(),
                                    (short) writer.producerEpoch(),
                                    writer.coordinatorEpoch().orElse(-1)))
                    .all()
                    .get(PATIENCE_SECONDS, SECONDS);
            assertThat(
                            admin.describeProducers(List.of(partition))
                                    .partitionResult(partition)
                                    .get(PATIENCE_SECONDS, SECONDS)
                                    .activeProducers()
                                    .getFirst()
                                    .currentTransactionStartOffset())
                    .isEmpty();
            admin.fenceProducers(List.of(id)).all().get(PATIENCE_SECONDS, SECONDS);
            assertThatThrownBy(producer::commitTransaction)
                    .isInstanceOfAny(
                            ProducerFencedException.class, InvalidProducerEpochException.class);
        }
    }
}
