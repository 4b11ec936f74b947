package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.protocol.RecordBytes;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.simulation.law.Sent;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What a transactional producer asks of brokers, and who it is to them. An answer that says that
 * this was the wrong broker, or none, makes it look for the right one before the next question.
 */
final class TransactionCalls {

    static final String GROUP = "mill";

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Environment environment;
    private final Site site;
    private final Transacting.Life life;
    private final Route coordinator;
    private final Route group;
    private final Map<Place, Route> leaders = new HashMap<>();
    private long producerId = -1;
    private short producerEpoch = -1;
    private boolean anew = true;

    /** What a producer hears of a batch. */
    interface Written {
        void told(Errors error, long base);
    }

    TransactionCalls(Environment environment, Site site, Transacting.Life life) {
        this.environment = environment;
        this.site = site;
        this.life = life;
        String name = life.id() + "/" + life.incarnation();
        this.coordinator = new Route(environment, site.bootstrap(), name);
        this.group = new Route(environment, site.bootstrap(), name + " group");
    }

    Site site() {
        return site;
    }

    void later(long ms, Runnable action) {
        coordinator.later(ms, action);
    }

    void close() {
        coordinator.close();
        group.close();
        leaders.values().forEach(Route::close);
    }

    long producerId() {
        return producerId;
    }

    short producerEpoch() {
        return producerEpoch;
    }

    /** Whether it may write as who it is. */
    boolean known() {
        return !anew;
    }

    /** It needs another epoch before it goes on. */
    void anew() {
        anew = true;
    }

    // --- ways

    private <T extends ApiMessage> void ask(
            Route route,
            Consumer<Consumer<Route>> search,
            Question<T> question,
            Consumer<Errors> answer) {
        if (!route.found()) {
            search.accept(_ -> answer.accept(Errors.COORDINATOR_NOT_AVAILABLE));
            return;
        }
        route.call(
                question.api(),
                question.version(),
                question.body(),
                question.expected(),
                PATIENCE,
                found -> {
                    Errors error = found.map(question.error()).orElse(Errors.NETWORK_EXCEPTION);
                    switch (error) {
                        case NETWORK_EXCEPTION,
                                NOT_COORDINATOR,
                                COORDINATOR_NOT_AVAILABLE,
                                NOT_LEADER_OR_FOLLOWER,
                                UNKNOWN_TOPIC_OR_PARTITION ->
                                route.forget();
                        default -> {}
                    }
                    answer.accept(error);
                });
    }

    private record Question<T extends ApiMessage>(
            ApiKeys api,
            int version,
            ApiMessage body,
            Class<T> expected,
            Function<T, Errors> error) {}

    private <T extends ApiMessage> void askCoordinator(
            Question<T> question, Consumer<Errors> answer) {
        ask(
                coordinator,
                done -> coordinator.toTransactionCoordinator(life.id(), done),
                question,
                answer);
    }

    private <T extends ApiMessage> void askGroup(Question<T> question, Consumer<Errors> answer) {
        ask(group, done -> group.toCoordinator(GROUP, done), question, answer);
    }

    // --- questions

    /** InitProducerId; the answer says as well whether this life has just begun. */
    void begin(BiConsumer<Errors, Boolean> answer) {
        boolean first = producerId < 0;
        var body =
                new InitProducerIdRequestData()
                        .setTransactionalId(life.id())
                        .setTransactionTimeoutMs(life.timeoutMs())
                        .setProducerId(producerId)
                        .setProducerEpoch(producerEpoch);
        var question =
                new Question<>(
                        ApiKeys.INIT_PRODUCER_ID,
                        4,
                        body,
                        InitProducerIdResponseData.class,
                        found -> {
                            Errors error = Errors.forCode(found.errorCode());
                            if (error == Errors.NONE) {
                                become(found.producerId(), found.producerEpoch());
                            }
                            return error;
                        });
        askCoordinator(question, error -> answer.accept(error, first));
    }

    private void become(long id, short epoch) {
        producerId = id;
        producerEpoch = epoch;
        anew = false;
    }

    /** OffsetFetch that waits for pending transactions; empty when there is no answer now. */
    void fetchPosition(Consumer<OptionalLong> answer) {
        var body = new OffsetFetchRequestData().setGroupId(GROUP).setRequireStable(true);
        body.setTopics(
                List.of(
                        new OffsetFetchRequestData.OffsetFetchRequestTopic()
                                .setName(life.input().topic())
                                .setPartitionIndexes(List.of(life.input().partition()))));
        long[] offset = {-1};
        var question =
                new Question<>(
                        ApiKeys.OFFSET_FETCH,
                        7,
                        body,
                        OffsetFetchResponseData.class,
                        found -> {
                            Errors error = Errors.forCode(found.errorCode());
                            if (error != Errors.NONE) {
                                return error;
                            }
                            var partition = found.topics().getFirst().partitions().getFirst();
                            offset[0] = partition.committedOffset();
                            return Errors.forCode(partition.errorCode());
                        });
        askGroup(
                question,
                error ->
                        answer.accept(
                                error == Errors.NONE
                                        ? OptionalLong.of(offset[0])
                                        : OptionalLong.empty()));
    }

    /** AddPartitionsToTxn. */
    void add(Place place, Consumer<Errors> answer) {
        var body =
                new AddPartitionsToTxnRequestData()
                        .setV3AndBelowTransactionalId(life.id())
                        .setV3AndBelowProducerId(producerId)
                        .setV3AndBelowProducerEpoch(producerEpoch);
        body.v3AndBelowTopics()
                .add(
                        new AddPartitionsToTxnTopic()
                                .setName(place.topic())
                                .setPartitions(List.of(place.partition())));
        askCoordinator(
                new Question<>(
                        ApiKeys.ADD_PARTITIONS_TO_TXN,
                        3,
                        body,
                        AddPartitionsToTxnResponseData.class,
                        found ->
                                Errors.forCode(
                                        found.resultsByTopicV3AndBelow()
                                                .iterator()
                                                .next()
                                                .resultsByPartition()
                                                .iterator()
                                                .next()
                                                .partitionErrorCode())),
                answer);
    }

    void addOffsets(Consumer<Errors> answer) {
        var body =
                new AddOffsetsToTxnRequestData()
                        .setTransactionalId(life.id())
                        .setProducerId(producerId)
                        .setProducerEpoch(producerEpoch)
                        .setGroupId(GROUP);
        askCoordinator(
                new Question<>(
                        ApiKeys.ADD_OFFSETS_TO_TXN,
                        3,
                        body,
                        AddOffsetsToTxnResponseData.class,
                        found -> Errors.forCode(found.errorCode())),
                answer);
    }

    void commitOffsets(long position, Consumer<Errors> answer) {
        var body =
                new TxnOffsetCommitRequestData()
                        .setTransactionalId(life.id())
                        .setGroupId(GROUP)
                        .setProducerId(producerId)
                        .setProducerEpoch(producerEpoch);
        body.setTopics(
                List.of(
                        new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic()
                                .setName(life.input().topic())
                                .setPartitions(
                                        List.of(
                                                new TxnOffsetCommitRequestData
                                                                .TxnOffsetCommitRequestPartition()
                                                        .setPartitionIndex(life.input().partition())
                                                        .setCommittedOffset(position)))));
        askGroup(
                new Question<>(
                        ApiKeys.TXN_OFFSET_COMMIT,
                        life.raising() ? 5 : 3,
                        body,
                        TxnOffsetCommitResponseData.class,
                        found ->
                                Errors.forCode(
                                        found.topics()
                                                .getFirst()
                                                .partitions()
                                                .getFirst()
                                                .errorCode())),
                answer);
    }

    void write(Place place, Sent sent, Written answer) {
        Route leader =
                leaders.computeIfAbsent(
                        place, _ -> new Route(environment, site.bootstrap(), "" + life.id()));
        long[] base = {-1};
        ask(
                leader,
                done -> leader.toLeader(place, done),
                new Question<>(
                        ApiKeys.PRODUCE,
                        life.raising() ? 12 : 9,
                        produce(place, sent),
                        ProduceResponseData.class,
                        found -> {
                            var partition =
                                    found.responses()
                                            .iterator()
                                            .next()
                                            .partitionResponses()
                                            .getFirst();
                            base[0] = partition.baseOffset();
                            return Errors.forCode(partition.errorCode());
                        }),
                error -> answer.told(error, base[0]));
    }

    private ProduceRequestData produce(Place place, Sent sent) {
        var spec =
                BatchSpec.PLAIN.from(
                        sent.producerId(), sent.producerEpoch(), sent.sequence(), true);
        var builder = new BatchBuilder(spec);
        for (int index = 0; index < sent.count(); index++) {
            String value = sent.token() + "/" + index;
            builder.append(1000, null, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
        }
        var partition = new ProduceRequestData.PartitionProduceData().setIndex(place.partition());
        RecordBytes.attach(partition, builder.build());
        var topic = new ProduceRequestData.TopicProduceData().setName(place.topic());
        topic.partitionData().add(partition);
        var body =
                new ProduceRequestData()
                        .setTransactionalId(life.id())
                        .setAcks((short) -1)
                        .setTimeoutMs(2000);
        body.topicData().add(topic);
        return body;
    }

    void end(boolean commit, Consumer<Errors> answer) {
        var body =
                new EndTxnRequestData()
                        .setTransactionalId(life.id())
                        .setProducerId(producerId)
                        .setProducerEpoch(producerEpoch)
                        .setCommitted(commit);
        askCoordinator(
                new Question<>(
                        ApiKeys.END_TXN,
                        life.raising() ? 5 : 3,
                        body,
                        EndTxnResponseData.class,
                        found -> {
                            Errors error = Errors.forCode(found.errorCode());
                            if (error == Errors.NONE && life.raising()) {
                                become(found.producerId(), found.producerEpoch());
                            }
                            return error;
                        }),
                answer);
    }
}
