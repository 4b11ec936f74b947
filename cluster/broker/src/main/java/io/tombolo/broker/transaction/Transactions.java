package io.tombolo.broker.transaction;

import io.tombolo.broker.Images;
import io.tombolo.broker.group.InternalTopic;
import io.tombolo.broker.quorum.Peers;
import io.tombolo.broker.shard.Shards;
import io.tombolo.coordinator.transaction.TransactionEvent.MarkersWanted;
import io.tombolo.coordinator.transaction.entry.TransactionCoordinator;
import io.tombolo.coordinator.transaction.entry.TransactionPorts;
import io.tombolo.coordinator.transaction.entry.TransactionPorts.ProducerIdSource;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.region.config.BrokerConfig;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;

import org.apache.kafka.common.TopicPartition;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * Transactions as one broker serves them: the coordinator of the partitions of {@code
 * __transaction_state} that are led here, and what is around it, wired. Callable on any loop.
 */
public final class Transactions {

    private final EventLoop loop;
    private final TransactionCoordinator coordinator;
    private final LeaderGate gate;
    private final MovedProducers moved;
    private final MarkerDesk markers;
    private final MarkerSender sender;

    /** The leader epoch of each partition that is led here. */
    private final Map<Integer, Integer> led = new ConcurrentHashMap<>();

    /**
     * What transactions reach of their broker.
     *
     * @param brokerEpoch the epoch of this broker's registration, as of now
     * @param peers the way to the other brokers, on the first loop; empty when there are none
     * @param moved who comes from another region
     * @param marking how a marker gets into a partition that is led here
     * @param commitLost hears, on the first loop, of a transactional id that may have been told
     *     that it has committed what another region has aborted
     */
    public record Parts(
            int self,
            LongSupplier brokerEpoch,
            Images images,
            Shards shards,
            Optional<Peers> peers,
            ProducerIdSource producerIds,
            MovedProducers moved,
            MarkerDesk.Marking marking,
            BiConsumer<String, TopicPartition> commitLost) {}

    public Transactions(Parts parts, Environment environment, BrokerConfig config) {
        this.loop = environment.loops().loop(0);
        this.moved = parts.moved();
        var log =
                new InternalTopic(
                        InternalTopic.TRANSACTIONS,
                        parts.images(),
                        parts.shards(),
                        environment.offload());
        this.coordinator =
                new TransactionCoordinator(
                        TransactionConfigs.settings(config),
                        new TransactionPorts(
                                environment.loops(),
                                log::ownerOf,
                                environment.clock(),
                                log,
                                parts.producerIds(),
                                new TransactionNews(this::wanted)));
        this.markers = new MarkerDesk(parts.images(), parts.shards(), parts.marking());
        this.sender =
                new MarkerSender(
                        loop,
                        environment.entropy(),
                        new MarkerPost(
                                new MarkerPost.Place(parts.self(), loop, parts.brokerEpoch()),
                                parts.images(),
                                markers,
                                coordinator,
                                parts.peers(),
                                parts.commitLost()));
        this.gate = new LeaderGate(parts.shards(), inquiry(parts));
    }

    private LeaderGate.Inquiry inquiry(Parts parts) {
        var coordinators = new Coordinators(parts.images(), coordinator);
        return moved.asking(
                new CoordinatorInquiry(
                        loop, parts.self(), coordinators, coordinator, parts.peers()));
    }

    public TransactionCoordinator coordinator() {
        return coordinator;
    }

    /** Who comes from another region. */
    public MovedProducers moved() {
        return moved;
    }

    /** What records of transactions pass. */
    public TransactionGate gate() {
        return gate;
    }

    /** What takes markers for partitions that are led here. */
    public MarkerDesk markers() {
        return markers;
    }

    /** Watches a partition that has come to be hosted, when transactions are kept on it. */
    public void watch(Partition partition) {
        if (partition.id().topic().equals(InternalTopic.TRANSACTIONS)) {
            partition.onProgress(this::progressed);
        }
    }

    private void progressed(Partition partition) {
        int index = partition.id().partition();
        if (partition.role() instanceof Role.Leader leader) {
            Integer before = led.put(index, leader.leaderEpoch());
            if (before == null || before < leader.leaderEpoch()) {
                resigned(index, leader.leaderEpoch());
            }
            coordinator.lead(index, leader.leaderEpoch());
            coordinator.highWatermarkMoved(index, partition.highWatermark());
        } else if (led.remove(index) != null) {
            resigned(index, Integer.MAX_VALUE);
            coordinator.resign(index);
        }
    }

    private void resigned(int partition, int beforeEpoch) {
        Shards.run(loop, () -> sender.resigned(partition, beforeEpoch));
    }

    private void wanted(int partition, MarkersWanted wanted) {
        Integer epoch = led.get(partition);
        if (epoch != null) {
            Shards.run(loop, () -> sender.take(partition, epoch, wanted));
        }
    }

    /** Sends no markers any more; on the first loop. */
    public void close() {
        sender.close();
    }
}
