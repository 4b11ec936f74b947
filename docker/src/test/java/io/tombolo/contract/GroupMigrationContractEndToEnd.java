package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.DisplayName;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/** Stock consumers are exchanged one by one for those of the other protocol, there and back. */
class GroupMigrationContractEndToEnd {

    private static final int PARTITIONS = 4;
    private static final Duration POLL = Duration.ofMillis(50);

    /** A consumer with a thread of its own, which commits what it has read. */
    private static final class Member implements AutoCloseable {

        private final KafkaConsumer<String, String> consumer;
        private final Thread thread;
        private final Set<String> read;
        private volatile boolean closing;
        private volatile int share;

        Member(Map<String, Object> config, String topic, Set<String> read) {
            this.read = read;
            consumer =
                    new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
            consumer.subscribe(List.of(topic));
            thread = Thread.ofPlatform().start(this::work);
        }

        private void work() {
            try (consumer) {
                while (!closing) {
                    consumer.poll(POLL).forEach(one -> read.add(one.value()));
                    share = consumer.assignment().size();
                    commit();
                }
            }
        }

        /** Who is in a rebalance commits later; what it has read may be read twice. */
        private void commit() {
            try {
                consumer.commitSync();
            } catch (CommitFailedException
                    | RebalanceInProgressException
                    | RetriableException
                    | StaleMemberEpochException later) {
                // As said.
            }
        }

        @Override
        public void close() throws InterruptedException {
            closing = true;
            thread.join();
        }
    }

    private static Map<String, Object> classic(Subject subject, String group, Class<?> assignor) {
        var config = config(subject, group);
        config.put("group.protocol", "classic");
        config.put("session.timeout.ms", "10000");
        config.put("heartbeat.interval.ms", "100");
        config.put("partition.assignment.strategy", assignor.getName());
        return config;
    }

    private static Map<String, Object> consumer(Subject subject, String group) {
        var config = config(subject, group);
        config.put("group.protocol", "consumer");
        return config;
    }

    private static Map<String, Object> config(Subject subject, String group) {
        var config = new HashMap<String, Object>();
        config.put("bootstrap.servers", subject.bootstrap());
        config.put("group.id", group);
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", "false");
        return config;
    }

    @ContractTest
    @DisplayName("a group of eager consumers changes its protocol and back, and reads all records")
    void eagerConsumersAreRolledThereAndBack(Subject subject) throws Exception {
        rollThereAndBack(subject, RangeAssignor.class);
    }

    @ContractTest
    @DisplayName("a group of cooperative consumers changes its protocol and back, and reads all")
    void cooperativeConsumersAreRolledThereAndBack(Subject subject) throws Exception {
        rollThereAndBack(subject, CooperativeStickyAssignor.class);
    }

    private static void rollThereAndBack(Subject subject, Class<?> assignor) throws Exception {
        Topic topic = subject.newTopic(PARTITIONS, Map.of());
        String group = Subject.freshName("moving");
        Set<String> read = ConcurrentHashMap.newKeySet();
        var done = new AtomicBoolean();
        var written = new ArrayList<String>();
        Thread writer = Thread.ofPlatform().start(() -> write(subject, topic, written, done));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", subject.bootstrap()));
                var one = new Member(classic(subject, group, assignor), topic.name(), read);
                var two = new Member(classic(subject, group, assignor), topic.name(), read)) {
            shared(admin, group, GroupType.CLASSIC, one, two);

            var three = new Member(consumer(subject, group), topic.name(), read);
            shared(admin, group, GroupType.CONSUMER, one, two, three);
            one.close();
            var four = new Member(consumer(subject, group), topic.name(), read);
            shared(admin, group, GroupType.CONSUMER, two, three, four);
            two.close();
            shared(admin, group, GroupType.CONSUMER, three, four);

            var five = new Member(classic(subject, group, assignor), topic.name(), read);
            shared(admin, group, GroupType.CONSUMER, three, four, five);
            three.close();
            four.close();
            shared(admin, group, GroupType.CLASSIC, five);

            done.set(true);
            writer.join();
            Eventually.eventually(
                    "everything is read", () -> read.size(), count -> count == written.size());
            five.close();
            assertThat(read).containsExactlyInAnyOrderElementsOf(written);
            assertThat(committed(admin, group)).isEqualTo(ends(admin, topic));
        } finally {
            done.set(true);
            writer.join();
        }
    }

    private static void write(
            Subject subject, Topic topic, List<String> written, AtomicBoolean done) {
        try (var producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", subject.bootstrap()),
                        new StringSerializer(),
                        new StringSerializer())) {
            for (int i = 0; !done.get(); i++) {
                String value = "v" + i;
                producer.send(new ProducerRecord<>(topic.name(), i % PARTITIONS, "k", value))
                        .get(60, TimeUnit.SECONDS);
                written.add(value);
            }
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** The group is of this protocol and stable, and these members share the topic. */
    private static void shared(Admin admin, String group, GroupType type, Member... members) {
        Eventually.eventually(
                members.length + " members share the topic in a group that is " + type,
                () ->
                        state(admin, group)
                                + IntStream.range(0, members.length)
                                        .map(place -> members[place].share)
                                        .sum()
                                + " "
                                + List.of(members).stream().allMatch(member -> member.share > 0),
                (type + " " + GroupState.STABLE + " " + members.length + " " + PARTITIONS + " true")
                        ::equals);
    }

    private static String state(Admin admin, String group) {
        try {
            var described =
                    admin.describeConsumerGroups(List.of(group))
                            .describedGroups()
                            .get(group)
                            .get(60, TimeUnit.SECONDS);
            return "%s %s %d "
                    .formatted(
                            described.type(), described.groupState(), described.members().size());
        } catch (Exception notYet) {
            return notYet.toString();
        }
    }

    private static Map<TopicPartition, Long> committed(Admin admin, String group) throws Exception {
        var committed = new HashMap<TopicPartition, Long>();
        admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(60, TimeUnit.SECONDS)
                .forEach((partition, position) -> committed.put(partition, position.offset()));
        return committed;
    }

    private static Map<TopicPartition, Long> ends(Admin admin, Topic topic) throws Exception {
        var latest = new HashMap<TopicPartition, OffsetSpec>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            latest.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
        }
        var ends = new HashMap<TopicPartition, Long>();
        admin.listOffsets(latest)
                .all()
                .get(60, TimeUnit.SECONDS)
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }
}
