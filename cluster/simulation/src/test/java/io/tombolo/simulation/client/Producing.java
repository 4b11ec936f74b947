package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.protocol.RecordBytes;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.simulation.law.Sent;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * An idempotent producer with acks=all. It has up to five batches under way on one connection, as
 * the stock client does; when one of them fails it waits for the other answers, and sends what
 * failed again, in order and with the same sequences, until it knows what became of each.
 */
public final class Producing {

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int UNDER_WAY_MAX = 5;

    private final Site site;
    private final Place place;
    private final Records records;
    private final SimulatedEntropy dice;
    private final Manner manner;
    private final Route route;
    private final UnderWay underWay = new UnderWay();
    private final int underWayMax;
    private long producerId = -1;
    private short producerEpoch;
    private int sequence;
    private boolean stopping;
    private boolean fenced;
    private boolean acknowledged;
    private boolean startingOver;
    private int counter;
    private long lastOffset;
    private boolean afterRefused;

    /**
     * How a producer behaves.
     *
     * @param pauseMsMax the longest pause between two batches
     * @param createsTopic whether it asks for a topic that is not there yet
     * @param variant what is wrong with it, if anything
     */
    public record Manner(String name, long pauseMsMax, boolean createsTopic, Variant variant) {}

    public Producing(
            Environment environment,
            Site site,
            Place place,
            Records records,
            SimulatedEntropy dice,
            Manner manner) {
        this.site = site;
        this.place = place;
        this.records = records;
        this.dice = dice;
        this.manner = manner;
        this.underWayMax = (int) dice.between(1, UNDER_WAY_MAX);
        this.route = new Route(environment, site.bootstrap(), "producer " + place);
    }

    public void start() {
        later(1);
    }

    /** No new batch once there was one; those under way are brought to their end. */
    public void stop() {
        stopping = true;
    }

    public boolean done() {
        return stopping && underWay.empty() && acknowledged || fenced;
    }

    /** Whether a broker took at least one batch. */
    public boolean acknowledged() {
        return acknowledged;
    }

    /** Whether a broker said that another region owns the topic. */
    public boolean fenced() {
        return fenced;
    }

    public Site site() {
        return site;
    }

    private void later(long ms) {
        route.later(ms, this::go);
    }

    /** Looks after the batches; the next time is always arranged before it ends. */
    private void go() {
        if (done()) {
            return;
        }
        boolean troubled = startingOver || !underWay.failed().isEmpty();
        if (troubled && underWay.awaited()) {
            later(dice.between(1, 50));
        } else if (startingOver) {
            startOver();
        } else if (producerId < 0) {
            identify();
        } else if (!route.found()) {
            route.toLeader(
                    place,
                    manner.createsTopic(),
                    _ -> later(route.found() ? 1 : dice.between(1, 300)));
        } else {
            if (troubled) {
                underWay.failed().forEach(this::send);
            } else if (!(stopping && acknowledged)) {
                sendNew();
            }
            later(dice.between(1, manner.pauseMsMax()));
        }
    }

    /** The fate of what is under way stays unknown. */
    private void startOver() {
        startingOver = false;
        underWay.clear();
        producerId = -1;
        later(dice.between(1, 50));
    }

    private void identify() {
        if (!route.found()) {
            route.toAny();
        }
        route.call(
                ApiKeys.INIT_PRODUCER_ID,
                4,
                new InitProducerIdRequestData()
                        .setTransactionalId(null)
                        .setTransactionTimeoutMs(60_000),
                InitProducerIdResponseData.class,
                PATIENCE,
                answer -> {
                    if (answer.isPresent() && answer.get().errorCode() == Errors.NONE.code()) {
                        producerId = answer.get().producerId();
                        producerEpoch = answer.get().producerEpoch();
                        sequence = 0;
                        later(1);
                    } else {
                        route.forget();
                        later(dice.between(20, 200));
                    }
                });
    }

    /** As many in a row as there is room for, or fewer; on average one each time. */
    private void sendNew() {
        int room = underWayMax - underWay.count();
        if (room == 0 || !dice.chance(2.0 / (1 + underWayMax))) {
            return;
        }
        for (long left = dice.between(1, room); left > 0; left--) {
            int count = (int) dice.between(1, 4);
            counter++;
            String token = manner.name() + "/" + place + "/" + counter;
            send(underWay.add(new Sent(token, producerId, producerEpoch, sequence, count)));
            sequence += count;
        }
    }

    private void send(UnderWay.Batch batch) {
        batch.sends();
        int used = batch.sent().sequence();
        if (manner.variant() == Variant.RETRY_WITH_NEW_SEQUENCE && batch.sentAgain()) {
            used = sequence;
            sequence += batch.sent().count();
        }
        route.call(
                ApiKeys.PRODUCE,
                9,
                request(batch.sent(), used),
                ProduceResponseData.class,
                PATIENCE,
                answer -> answered(batch, answer));
    }

    private ProduceRequestData request(Sent sent, int used) {
        var spec = BatchSpec.PLAIN.from(sent.producerId(), sent.producerEpoch(), used, false);
        var builder = new BatchBuilder(spec);
        for (int index = 0; index < sent.count(); index++) {
            String value = sent.token() + "/" + index;
            builder.append(1000, null, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
        }
        var partition = new ProduceRequestData.PartitionProduceData().setIndex(place.partition());
        RecordBytes.attach(partition, builder.build());
        var topic = new ProduceRequestData.TopicProduceData().setName(place.topic());
        topic.partitionData().add(partition);
        boolean one = manner.variant() == Variant.LEADER_ALONE_IS_TAKEN_FOR_ALL;
        var body = new ProduceRequestData().setAcks((short) (one ? 1 : -1)).setTimeoutMs(2000);
        body.topicData().add(topic);
        return body;
    }

    private void answered(UnderWay.Batch batch, Optional<ProduceResponseData> answer) {
        batch.answered();
        if (answer.isEmpty()) {
            route.forget();
            return;
        }
        var response = answer.get().responses().iterator().next().partitionResponses().getFirst();
        Errors error = Errors.forCode(response.errorCode());
        switch (error) {
            case NONE -> stored(batch, response.baseOffset());
            case POLICY_VIOLATION -> {
                fenced = fenced || records.refused(site, place);
                if (!fenced) {
                    batch.refused();
                    route.forget();
                }
            }
            case OUT_OF_ORDER_SEQUENCE_NUMBER -> {
                if (batch == underWay.oldest()) {
                    startingOver = true; // The log lost what came before.
                } else {
                    batch.refused();
                }
            }
            case UNKNOWN_PRODUCER_ID, INVALID_PRODUCER_EPOCH -> startingOver = true;
            default -> {
                batch.refused();
                route.forget();
            }
        }
    }

    private void stored(UnderWay.Batch batch, long baseOffset) {
        records.acknowledged(site, place, batch.sent(), baseOffset);
        if (batch.sentAgain()) {
            records.retried();
        }
        if (batch.wasRefused() && afterRefused && baseOffset > lastOffset) {
            records.putInOrder();
        }
        afterRefused = batch.wasRefused();
        underWay.stored(batch);
        acknowledged = true;
        lastOffset = baseOffset;
    }
}
