package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.protocol.RecordBytes;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.simulation.law.Sent;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * An idempotent producer with acks=all that has one batch under way and sends it again, with the
 * same sequence, until it knows what became of it.
 */
public final class Producing {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Site site;
    private final Place place;
    private final Records records;
    private final SimulatedEntropy dice;
    private final Manner manner;
    private final Route route;
    private long producerId = -1;
    private short producerEpoch;
    private int sequence;
    private @Nullable Sent underWay;
    private boolean stopping;
    private boolean fenced;
    private boolean acknowledged;
    private int counter;
    private int attempts;

    /**
     * How a producer behaves.
     *
     * @param pauseMsMax the longest pause between two batches
     * @param retriesAreNew whether it forgets that it sent a batch before: a broken variant
     */
    public record Manner(String name, long pauseMsMax, boolean retriesAreNew) {}

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
        this.route = new Route(environment, site.bootstrap(), "producer " + place);
    }

    public void start() {
        later(1);
    }

    /** No new batch once there was one; the one under way is brought to its end. */
    public void stop() {
        stopping = true;
    }

    public boolean done() {
        return stopping && underWay == null && acknowledged || fenced;
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

    private void go() {
        if (fenced || stopping && underWay == null && acknowledged) {
            return;
        }
        if (!route.found()) {
            route.toLeader(place, _ -> later(route.found() ? 1 : dice.between(20, 300)));
        } else if (producerId < 0) {
            identify();
        } else {
            if (underWay == null) {
                int count = (int) dice.between(1, 4);
                counter++;
                underWay =
                        new Sent(
                                manner.name() + "/" + place + "/" + counter,
                                producerId,
                                producerEpoch,
                                sequence,
                                count);
                attempts = 0;
            }
            send(underWay);
        }
    }

    private void identify() {
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

    private void send(Sent sent) {
        attempts++;
        int used = manner.retriesAreNew() && attempts > 1 ? ++sequence : sent.sequence();
        var spec = BatchSpec.PLAIN.from(sent.producerId(), sent.producerEpoch(), used, false);
        var batch = new BatchBuilder(spec);
        for (int index = 0; index < sent.count(); index++) {
            String value = sent.token() + "/" + index;
            batch.append(1000, null, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
        }
        var partition = new ProduceRequestData.PartitionProduceData().setIndex(place.partition());
        RecordBytes.attach(partition, batch.build());
        var topic = new ProduceRequestData.TopicProduceData().setName(place.topic());
        topic.partitionData().add(partition);
        var body = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(2000);
        body.topicData().add(topic);
        route.call(
                ApiKeys.PRODUCE,
                9,
                body,
                ProduceResponseData.class,
                PATIENCE,
                answer -> answered(sent, answer));
    }

    private void answered(Sent sent, Optional<ProduceResponseData> answer) {
        if (answer.isEmpty()) {
            route.forget();
            later(dice.between(20, 300));
            return;
        }
        var response = answer.get().responses().iterator().next().partitionResponses().getFirst();
        Errors error = Errors.forCode(response.errorCode());
        switch (error) {
            case NONE -> {
                records.acknowledged(site, place, sent, response.baseOffset());
                if (attempts > 1) {
                    records.retried();
                }
                underWay = null;
                acknowledged = true;
                sequence = sent.sequence() + sent.count();
                later(dice.between(1, manner.pauseMsMax()));
            }
            case POLICY_VIOLATION -> {
                records.refused(site, place);
                underWay = null;
                fenced = true;
            }
            case OUT_OF_ORDER_SEQUENCE_NUMBER, UNKNOWN_PRODUCER_ID, INVALID_PRODUCER_EPOCH -> {
                // The log lost what came before: the fate of this batch stays unknown.
                underWay = null;
                producerId = -1;
                later(dice.between(1, 50));
            }
            default -> {
                route.forget();
                later(dice.between(20, 300));
            }
        }
    }
}
