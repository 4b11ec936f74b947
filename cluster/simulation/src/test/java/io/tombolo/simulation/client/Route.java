package io.tombolo.simulation.client;

import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.simulation.site.Place;

import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds the broker that requests have to go to, asking one bootstrap broker after the other, and
 * carries them there. Whoever looks for another waits for the answers of the one before.
 */
final class Route {

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final long LATEST = -1;

    private final Environment environment;
    private final EventLoop loop;
    private final List<Endpoint> bootstrap;
    private final String clientId;
    private KafkaPipe pipe;
    private Endpoint end;
    private int leaderEpoch = -1;
    private boolean found;
    private int next;
    private int lives;

    Route(Environment environment, List<Endpoint> bootstrap, String clientId) {
        this.environment = environment;
        this.loop = environment.loops().loop(0);
        this.bootstrap = bootstrap;
        this.clientId = clientId;
        this.end = bootstrap.getFirst();
        this.pipe = new KafkaPipe(environment, end, clientId);
    }

    /** Does something later, on the loop of the client. */
    void later(long ms, Runnable action) {
        loop.execute(() -> loop.schedule(Duration.ofMillis(ms).toNanos(), action));
    }

    /** Whether it is known where to go. */
    boolean found() {
        return found;
    }

    /** The broker found last. */
    String host() {
        return end.host();
    }

    /** The answer said, or there was none, that this is not the way. */
    void forget() {
        found = false;
    }

    /** Counts connections: what belongs to one dies with it. */
    int lives() {
        return lives + pipe.lives();
    }

    void close() {
        loop.execute(pipe::close);
    }

    /** Goes to the next bootstrap broker, for what any broker can answer. */
    void toAny() {
        goTo(bootstrap.get(next++ % bootstrap.size()));
    }

    /** Looks for the leader of a partition; {@code done} may find that there is none. */
    void toLeader(Place place, Consumer<Route> done) {
        toLeader(place, false, done);
    }

    /**
     * @param creates whether the topic is created when there is none
     */
    void toLeader(Place place, boolean creates, Consumer<Route> done) {
        toAny();
        var body = new MetadataRequestData().setAllowAutoTopicCreation(creates);
        body.setTopics(
                List.of(new MetadataRequestData.MetadataRequestTopic().setName(place.topic())));
        call(
                ApiKeys.METADATA,
                9,
                body,
                MetadataResponseData.class,
                PATIENCE,
                answer -> {
                    answer.map(it -> leaderOf(it, place)).ifPresent(this::arrive);
                    done.accept(this);
                });
    }

    /**
     * The epoch of the leader that was found last; −1 before that. A leader that is asked with it
     * refuses when its own time was earlier.
     */
    int leaderEpoch() {
        return leaderEpoch;
    }

    /** Nobody is found in an answer that is older than an earlier one. */
    private @Nullable Endpoint leaderOf(MetadataResponseData answer, Place place) {
        var topic = answer.topics().find(place.topic());
        if (topic == null) {
            return null;
        }
        for (var partition : topic.partitions()) {
            var leader = answer.brokers().find(partition.leaderId());
            if (partition.partitionIndex() == place.partition()
                    && leader != null
                    && partition.leaderEpoch() >= leaderEpoch) {
                leaderEpoch = partition.leaderEpoch();
                return new Endpoint(leader.host(), leader.port());
            }
        }
        return null;
    }

    /** Looks for the coordinator of a group; {@code done} may find that there is none. */
    void toCoordinator(String group, Consumer<Route> done) {
        toCoordinator(group, CoordinatorType.GROUP, done);
    }

    /** The same for a transactional id. */
    void toTransactionCoordinator(String id, Consumer<Route> done) {
        toCoordinator(id, CoordinatorType.TRANSACTION, done);
    }

    private enum CoordinatorType {
        GROUP,
        TRANSACTION
    }

    private void toCoordinator(String key, CoordinatorType type, Consumer<Route> done) {
        toAny();
        var body = new FindCoordinatorRequestData().setKey(key).setKeyType((byte) type.ordinal());
        call(
                ApiKeys.FIND_COORDINATOR,
                3,
                body,
                FindCoordinatorResponseData.class,
                PATIENCE,
                answer -> {
                    answer.filter(it -> it.errorCode() == Errors.NONE.code())
                            .ifPresent(it -> arrive(new Endpoint(it.host(), it.port())));
                    done.accept(this);
                });
    }

    private void arrive(Endpoint there) {
        goTo(there);
        found = true;
    }

    private void goTo(Endpoint there) {
        if (!there.equals(end)) {
            pipe.close();
            lives += pipe.lives();
            end = there;
            pipe = new KafkaPipe(environment, there, clientId);
        }
    }

    /** Asks the leader found last where its partition ends. */
    void toEnd(
            Place place,
            Duration patience,
            Consumer<Optional<ListOffsetsPartitionResponse>> answer) {
        var partition =
                new ListOffsetsRequestData.ListOffsetsPartition()
                        .setPartitionIndex(place.partition())
                        .setCurrentLeaderEpoch(leaderEpoch)
                        .setTimestamp(LATEST);
        var topic = new ListOffsetsRequestData.ListOffsetsTopic().setName(place.topic());
        topic.partitions().add(partition);
        var body = new ListOffsetsRequestData().setReplicaId(-1);
        body.topics().add(topic);
        call(
                ApiKeys.LIST_OFFSETS,
                7,
                body,
                ListOffsetsResponseData.class,
                patience,
                found ->
                        answer.accept(
                                found.map(it -> it.topics().getFirst().partitions().getFirst())));
    }

    /** Sends a request to the broker found last; see {@link KafkaPipe#call}. */
    <T extends ApiMessage> void call(
            ApiKeys api,
            int versionMax,
            ApiMessage body,
            Class<T> expected,
            Duration patience,
            Consumer<Optional<T>> answer) {
        pipe.call(api, versionMax, body, expected, patience, answer);
    }
}
