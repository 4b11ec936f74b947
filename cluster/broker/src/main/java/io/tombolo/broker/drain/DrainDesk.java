package io.tombolo.broker.drain;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.broker.drain.DrainReport.Left;
import io.tombolo.broker.drain.DrainReport.Speed;
import io.tombolo.broker.quorum.LogSizes;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.BrokerCommand.DrainBroker;
import io.tombolo.controller.replica.DrainPlan;
import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerRecord.Drain;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.TopicPartition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Where brokers are told to become empty, and where one can see how far they are. Any broker of the
 * region can be asked. Mutable, owned by the controller's loop.
 */
public final class DrainDesk {

    private final Commands commands;
    private final Images images;
    private final LogSizes sizes;
    private final EventLoop loop;
    private final Clock clock;
    private final Map<Integer, DrainSpeed> speeds = new TreeMap<>();
    private final Map<Integer, Holdups> holdups = new TreeMap<>();

    public DrainDesk(
            Commands commands, Images images, LogSizes sizes, EventLoop loop, Clock clock) {
        this.commands = commands;
        this.images = images;
        this.sizes = sizes;
        this.loop = loop;
        this.clock = clock;
    }

    /** Says what shall become of a broker's replicas; as {@link DrainBroker}. */
    public void order(int brokerId, Drain drain, Consumer<Answer<Applied>> answered) {
        commands.submit(new DrainBroker(brokerId, drain), loop, answered);
    }

    /** The brokers that are to become empty. */
    public List<Integer> ordered() {
        return List.copyOf(images.current().brokers().drains().keySet());
    }

    /**
     * Tells how far a broker is.
     *
     * @param answered called on the loop; empty when the broker is not registered
     */
    public void report(int brokerId, Consumer<Optional<DrainReport>> answered) {
        MetadataImage image = images.current();
        if (image.brokers().broker(brokerId).isEmpty()) {
            speeds.remove(brokerId);
            holdups.remove(brokerId);
            answered.accept(Optional.empty());
            return;
        }
        var asked = new TreeSet<Integer>();
        asked.add(brokerId);
        for (PartitionId id : image.topics().reassigning().ids()) {
            PartitionRegistration partition = image.topics().partition(id).orElseThrow();
            if (partition.removing().has(brokerId)) {
                asked.addAll(partition.adding().asList());
            }
        }
        ask(
                new ArrayList<>(asked),
                new HashMap<>(),
                all -> {
                    OptionalLong bytes = bytesLeft(brokerId, image, all);
                    List<String> slow =
                            holdups.computeIfAbsent(brokerId, _ -> new Holdups())
                                    .seen(brokerId, image, all, clock.nanoTime());
                    answered.accept(Optional.of(report(brokerId, image, bytes, slow)));
                });
    }

    /** One broker after the other; who does not answer is not in the result. */
    private void ask(
            List<Integer> brokers,
            Map<Integer, Map<TopicPartition, Long>> answers,
            Consumer<Map<Integer, Map<TopicPartition, Long>>> done) {
        if (brokers.isEmpty()) {
            done.accept(answers);
            return;
        }
        int next = brokers.removeLast();
        sizes.of(
                next,
                answer -> {
                    answer.ifPresent(found -> answers.put(next, found));
                    ask(brokers, answers, done);
                });
    }

    /** What is on the broker, less what its successors have of it. */
    private static OptionalLong bytesLeft(
            int brokerId, MetadataImage image, Map<Integer, Map<TopicPartition, Long>> sizes) {
        Map<TopicPartition, Long> own = sizes.get(brokerId);
        if (own == null) {
            return OptionalLong.empty();
        }
        long left = 0;
        for (PartitionId id : image.topics().replicasOn(brokerId).ids()) {
            PartitionRegistration partition = image.topics().partition(id).orElseThrow();
            TopicPartition name = name(id, image);
            long bytes = own.getOrDefault(name, 0L);
            long copied = 0;
            for (int successor : partition.adding().asList()) {
                copied = sizes.getOrDefault(successor, Map.of()).getOrDefault(name, 0L);
            }
            left += Math.max(0, bytes - copied);
        }
        return OptionalLong.of(left);
    }

    private DrainReport report(
            int brokerId, MetadataImage image, OptionalLong bytes, List<String> slow) {
        DrainPlan.Progress progress = DrainPlan.of(brokerId, Integer.MAX_VALUE, image).progress();
        Drain drain = image.brokers().drainOf(brokerId);
        var stuck = new TreeMap<TopicPartition, String>(DrainDesk::byName);
        progress.stuck().forEach((id, why) -> stuck.put(name(id, image), why));
        return new DrainReport(
                brokerId,
                !image.brokers().isActive(brokerId),
                drain,
                new Left(
                        progress.replicaCount(),
                        progress.movingCount(),
                        progress.leaderCount(),
                        bytes),
                drain.wanted() ? speed(brokerId, bytes) : Speed.UNKNOWN,
                stuck,
                drain.wanted() ? slow : List.of());
    }

    private Speed speed(int brokerId, OptionalLong bytes) {
        return bytes.isEmpty()
                ? Speed.UNKNOWN
                : speeds.computeIfAbsent(brokerId, _ -> new DrainSpeed())
                        .seen(bytes.getAsLong(), clock.nanoTime());
    }

    private static TopicPartition name(PartitionId id, MetadataImage image) {
        return new TopicPartition(
                image.topics().topic(id.topicId()).orElseThrow().name(), id.index());
    }

    private static int byName(TopicPartition one, TopicPartition other) {
        int byTopic = one.topic().compareTo(other.topic());
        return byTopic != 0 ? byTopic : Integer.compare(one.partition(), other.partition());
    }
}
