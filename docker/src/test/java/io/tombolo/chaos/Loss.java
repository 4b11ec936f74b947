package io.tombolo.chaos;

import io.tombolo.nodes.Nodes;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/**
 * Scenes in which acknowledged records must be lost, because nobody asked for more: the checker has
 * to find them, or it would find nothing anywhere.
 */
final class Loss {

    private static final int RECORDS = 40;

    private final Nodes nodes;
    private final String topic;
    private final Tormentor tormentor;
    private final List<Sent> sent = new ArrayList<>();

    Loss(Nodes nodes, String topic) {
        this.nodes = nodes;
        this.topic = topic;
        tormentor = new Tormentor(nodes, topic);
    }

    /** The leader alone has the records and is killed; its followers had been paused. */
    List<Anomaly> withAcknowledgementsOfTheLeaderAlone() throws Exception {
        create((short) 3, Map.of("min.insync.replicas", "2"));
        int leader = tormentor.leader(0);
        try (var producer = producer("1")) {
            send(producer, 1);
            var others = nodes.all().stream().filter(node -> node != leader).toList();
            others.forEach(nodes::pause);
            send(producer, RECORDS);
            nodes.kill(leader);
            others.forEach(nodes::resume);
            tormentor.await(
                    "another node leads", () -> others.contains(tormentor.leader(0)) ? true : null);
        }
        nodes.restore();
        return judge();
    }

    /** The only replica in sync is killed, and one that lacks the records is allowed to lead. */
    List<Anomaly> withUncleanElections() throws Exception {
        create(
                (short) 2,
                Map.of("min.insync.replicas", "1", "unclean.leader.election.enable", "true"));
        int leader = tormentor.leader(0);
        int follower = tormentor.follower(0);
        nodes.kill(follower);
        tormentor.await(
                "only the leader is in sync",
                () -> tormentor.inSync(0).equals(List.of(leader)) ? true : null);
        try (var producer = producer("all")) {
            send(producer, RECORDS);
            nodes.kill(leader);
        }
        nodes.start(follower);
        tormentor.await("the follower leads", () -> tormentor.leader(0) == follower ? true : null);
        nodes.restore();
        return judge();
    }

    private void create(short replicas, Map<String, String> configs) {
        var created = new NewTopic(topic, 1, replicas).configs(configs);
        nodes.ask(admin -> admin.createTopics(List.of(created)).all());
        tormentor.awaitWell();
    }

    private KafkaProducer<String, String> producer(String acks) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        nodes.bootstrap(),
                        "acks",
                        acks,
                        "enable.idempotence",
                        "false",
                        "linger.ms",
                        0),
                new StringSerializer(),
                new StringSerializer());
    }

    private void send(KafkaProducer<String, String> producer, int count)
            throws ExecutionException, InterruptedException {
        for (int index = 0; index < count; index++) {
            var value = new Value("p", 0, sent.size());
            var record = new ProducerRecord<String, String>(topic, 0, null, value.toString());
            RecordMetadata metadata = producer.send(record).get();
            sent.add(Sent.acknowledged(value, metadata.offset()));
        }
    }

    private List<Anomaly> judge() {
        tormentor.awaitWell();
        var log = new Reader("last", nodes.bootstrap(), topic, 1, true).whole();
        return Checker.check(new History(sent, log, List.of(), List.of()));
    }
}
