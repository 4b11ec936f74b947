package io.tombolo.broker.request.group;

import io.tombolo.broker.ClientListener;
import io.tombolo.broker.Images;
import io.tombolo.broker.group.InternalTopic;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.request.topic.AutoCreation;
import io.tombolo.coordinator.group.entry.GroupCoordinator;
import io.tombolo.coordinator.transaction.entry.TransactionCoordinator;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.Errors;

import java.util.List;
import java.util.Optional;

/** FindCoordinator: the broker that leads the partition a group or a transactional id lives on. */
public final class FindCoordinatorHandler implements RequestHandler<FindCoordinatorRequestData> {

    /** The type of keys that are groups. */
    public static final byte GROUP = 0;

    /** The type of keys that are transactional ids. */
    public static final byte TRANSACTION = 1;

    private static final byte SHARE = 2;
    private static final short FIRST_WITH_MANY = 4;

    private final Images images;
    private final ClientListener listener;
    private final GroupCoordinator groups;
    private final TransactionCoordinator transactions;
    private final AutoCreation autoCreation;

    public FindCoordinatorHandler(
            Images images,
            ClientListener listener,
            GroupCoordinator groups,
            TransactionCoordinator transactions,
            AutoCreation autoCreation) {
        this.images = images;
        this.listener = listener;
        this.groups = groups;
        this.transactions = transactions;
        this.autoCreation = autoCreation;
    }

    @Override
    public void handle(Exchange exchange, FindCoordinatorRequestData body) {
        answer(
                exchange,
                keys(body, exchange.version()).stream()
                        .map(key -> find(exchange, body.keyType(), key))
                        .toList());
    }

    /** What a request asks for: one key in old versions. */
    public static List<String> keys(FindCoordinatorRequestData body, short version) {
        return version >= FIRST_WITH_MANY ? body.coordinatorKeys() : List.of(body.key());
    }

    /** Answers in the form of the version with what was found, in the order of the keys. */
    public static void answer(Exchange exchange, List<Coordinator> found) {
        if (exchange.version() >= FIRST_WITH_MANY) {
            exchange.answer(new FindCoordinatorResponseData().setCoordinators(found));
            return;
        }
        Coordinator one = found.getFirst();
        boolean done = one.errorCode() == Errors.NONE.code();
        exchange.answer(
                new FindCoordinatorResponseData()
                        .setErrorCode(one.errorCode())
                        // Kafka says so where one is found, and only in these versions.
                        .setErrorMessage(done ? Errors.NONE.message() : one.errorMessage())
                        .setNodeId(one.nodeId())
                        .setHost(one.host())
                        .setPort(one.port()));
    }

    /** The coordinator of a key in this region; begins to create its topic when there is none. */
    public Coordinator find(Exchange exchange, byte type, String key) {
        return switch (type) {
            case GROUP -> find(exchange, key, InternalTopic.OFFSETS, groups.partitionOf(key));
            case TRANSACTION ->
                    find(exchange, key, InternalTopic.TRANSACTIONS, transactions.partitionOf(key));
            case SHARE ->
                    refused(
                            key,
                            Errors.COORDINATOR_NOT_AVAILABLE,
                            "this release serves no share groups");
            default -> refused(key, Errors.INVALID_REQUEST, "unknown coordinator type " + type);
        };
    }

    private Coordinator find(Exchange exchange, String key, String name, int index) {
        MetadataImage image = images.current();
        Optional<TopicImage> topic = image.topics().topic(name);
        if (topic.isEmpty()) {
            autoCreation.createInternal(name, exchange.loop());
            return unavailable(key);
        }
        Optional<PartitionRegistration> partition = topic.get().partitions().find(index);
        if (partition.isEmpty()) {
            return unavailable(key);
        }
        for (ClientListener.Address broker : listener.activeBrokers(image)) {
            if (broker.brokerId() == partition.get().leader()) {
                return new Coordinator()
                        .setKey(key)
                        .setErrorMessage("")
                        .setNodeId(broker.brokerId())
                        .setHost(broker.host())
                        .setPort(broker.port());
            }
        }
        return unavailable(key);
    }

    /** That there is no coordinator by now. */
    public static Coordinator unavailable(String key) {
        return refused(
                key, Errors.COORDINATOR_NOT_AVAILABLE, Errors.COORDINATOR_NOT_AVAILABLE.message());
    }

    private static Coordinator refused(String key, Errors error, String message) {
        return new Coordinator()
                .setKey(key)
                .setErrorCode(error.code())
                .setErrorMessage(message)
                .setNodeId(-1)
                .setHost("")
                .setPort(-1);
    }
}
