package io.tombolo.broker.transaction;

import io.tombolo.broker.Images;
import io.tombolo.broker.quorum.PeerCall;
import io.tombolo.broker.quorum.Peers;
import io.tombolo.broker.shard.Gathering;
import io.tombolo.coordinator.transaction.TouchedPartitions;
import io.tombolo.coordinator.transaction.TransactionEvent.MarkersWanted;
import io.tombolo.coordinator.transaction.entry.TransactionCoordinator;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.protocol.SendingOrder;
import io.tombolo.protocol.VersionRange;
import io.tombolo.replication.transaction.TransactionMarker;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The ways from the marker sender to this broker's partitions and to other brokers. */
final class MarkerPost implements MarkerSender.Ports {

    private static final VersionRange SPOKEN = VersionRange.of(2, 2);

    /** Longer than a leader waits for its replicas. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

    private final Place place;
    private final Images images;
    private final MarkerDesk here;
    private final TransactionCoordinator coordinator;
    private final Optional<Peers> peers;
    private final BiConsumer<String, TopicPartition> commitLost;
    private long lastNumber;

    /**
     * Which broker this is.
     *
     * @param loop of the marker sender and of the connections to the other brokers
     * @param brokerEpoch the epoch of its registration, as of now
     */
    record Place(int self, EventLoop loop, LongSupplier brokerEpoch) {}

    MarkerPost(
            Place place,
            Images images,
            MarkerDesk here,
            TransactionCoordinator coordinator,
            Optional<Peers> peers,
            BiConsumer<String, TopicPartition> commitLost) {
        this.place = place;
        this.images = images;
        this.here = here;
        this.coordinator = coordinator;
        this.peers = peers;
        this.commitLost = commitLost;
    }

    /**
     * The coordinator has seen the topic when it took it into the transaction, so one that is not
     * there any more was deleted.
     */
    @Override
    public MarkerSender.Whereabouts find(TopicPartition partition) {
        Optional<TopicImage> topic = images.current().topics().topic(partition.topic());
        Optional<PartitionRegistration> found =
                topic.flatMap(one -> one.partitions().find(partition.partition()));
        if (found.isEmpty()) {
            return new MarkerSender.Whereabouts.Gone();
        }
        int leader = found.get().leader();
        return leader < 0
                ? new MarkerSender.Whereabouts.Leaderless()
                : new MarkerSender.Whereabouts.LedBy(leader);
    }

    @Override
    public void send(
            int brokerId,
            List<MarkerSender.Letter> letters,
            Consumer<Map<MarkerSender.Letter, Errors>> answer) {
        if (brokerId == place.self) {
            place.loop.execute(() -> writeHere(letters, answer));
        } else if (peers.isEmpty()) {
            place.loop.execute(() -> answer.accept(lost(letters)));
        } else {
            sendTo(brokerId, letters, answer);
        }
    }

    private void writeHere(
            List<MarkerSender.Letter> letters, Consumer<Map<MarkerSender.Letter, Errors>> answer) {
        var outcomes = new HashMap<MarkerSender.Letter, Errors>();
        var gathering = new Gathering<Errors>(letters.size(), _ -> answer.accept(outcomes));
        for (int index = 0; index < letters.size(); index++) {
            int number = index;
            MarkerSender.Letter letter = letters.get(index);
            here.write(
                    letter.partition(),
                    markerOf(letter.ending()),
                    Optional.empty(),
                    place.loop,
                    error -> {
                        outcomes.put(letter, error);
                        gathering.fill(number, error);
                    });
        }
    }

    private static TransactionMarker markerOf(MarkerSender.Ending ending) {
        MarkersWanted wanted = ending.markers();
        return new TransactionMarker(
                wanted.producer().id(),
                wanted.producer().epoch(),
                wanted.commit(),
                ending.coordinatorEpoch(),
                wanted.version() >= TransactionCoordinator.RAISING);
    }

    private void sendTo(
            int brokerId,
            List<MarkerSender.Letter> letters,
            Consumer<Map<MarkerSender.Letter, Errors>> answer) {
        WriteTxnMarkersRequestData request = request(letters);
        new SendingOrder(place.self, place.brokerEpoch.getAsLong(), ++lastNumber).putOn(request);
        peers.orElseThrow()
                .call(
                        brokerId,
                        Peers.Purpose.MARKERS,
                        new PeerCall(ApiKeys.WRITE_TXN_MARKERS, SPOKEN, request, PATIENCE_NANOS),
                        result ->
                                answer.accept(
                                        switch (result) {
                                            case PeerCall.Result.Answered(
                                                            WriteTxnMarkersResponseData body) ->
                                                    read(letters, body);
                                            case PeerCall.Result.Answered _ -> lost(letters);
                                            case PeerCall.Result.Failed _ -> lost(letters);
                                        }));
    }

    private static WriteTxnMarkersRequestData request(List<MarkerSender.Letter> letters) {
        var byEnding = new LinkedHashMap<MarkerSender.Ending, WritableTxnMarker>();
        for (MarkerSender.Letter letter : letters) {
            WritableTxnMarker marker =
                    byEnding.computeIfAbsent(letter.ending(), MarkerPost::written);
            topicOf(marker, letter.partition().topic())
                    .partitionIndexes()
                    .add(letter.partition().partition());
        }
        return new WriteTxnMarkersRequestData().setMarkers(List.copyOf(byEnding.values()));
    }

    private static WritableTxnMarker written(MarkerSender.Ending ending) {
        MarkersWanted wanted = ending.markers();
        return new WritableTxnMarker()
                .setProducerId(wanted.producer().id())
                .setProducerEpoch(wanted.producer().epoch())
                .setTransactionResult(wanted.commit())
                .setCoordinatorEpoch(ending.coordinatorEpoch())
                .setTransactionVersion((byte) wanted.version());
    }

    private static WritableTxnMarkerTopic topicOf(WritableTxnMarker marker, String name) {
        for (WritableTxnMarkerTopic topic : marker.topics()) {
            if (topic.name().equals(name)) {
                return topic;
            }
        }
        var topic = new WritableTxnMarkerTopic().setName(name);
        marker.topics().add(topic);
        return topic;
    }

    private static Map<MarkerSender.Letter, Errors> read(
            List<MarkerSender.Letter> letters, WriteTxnMarkersResponseData body) {
        var errors = new HashMap<Long, Map<TopicPartition, Errors>>();
        for (var marker : body.markers()) {
            var ofProducer = errors.computeIfAbsent(marker.producerId(), _ -> new HashMap<>());
            for (var topic : marker.topics()) {
                for (var partition : topic.partitions()) {
                    ofProducer.put(
                            new TopicPartition(topic.name(), partition.partitionIndex()),
                            Errors.forCode(partition.errorCode()));
                }
            }
        }
        var outcomes = new HashMap<MarkerSender.Letter, Errors>();
        for (MarkerSender.Letter letter : letters) {
            long producerId = letter.ending().markers().producer().id();
            outcomes.put(
                    letter,
                    errors.getOrDefault(producerId, Map.of())
                            .getOrDefault(letter.partition(), Errors.NETWORK_EXCEPTION));
        }
        return outcomes;
    }

    private static Map<MarkerSender.Letter, Errors> lost(List<MarkerSender.Letter> letters) {
        var outcomes = new HashMap<MarkerSender.Letter, Errors>();
        letters.forEach(letter -> outcomes.put(letter, Errors.NETWORK_EXCEPTION));
        return outcomes;
    }

    @Override
    public void commitLost(String transactionalId, TopicPartition partition) {
        commitLost.accept(transactionalId, partition);
    }

    @Override
    public void written(MarkersWanted markers, TouchedPartitions written, Consumer<Errors> answer) {
        coordinator.markersWritten(place.loop, markers.id(), markers.producer(), written, answer);
    }
}
