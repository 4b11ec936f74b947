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

import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * A producer with acks=1 that sends each batch once, without sequences: it would rather lose
 * records than wait for those who copy them. One batch is under way at a time.
 */
public final class HastyProducing {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Site site;
    private final Place place;
    private final Records records;
    private final SimulatedEntropy dice;
    private final Producing.Manner manner;
    private final Route route;
    private boolean awaiting;
    private boolean stopping;
    private int counter;
    private long nextOffset;

    public HastyProducing(
            Environment environment,
            Site site,
            Place place,
            Records records,
            SimulatedEntropy dice,
            Producing.Manner manner) {
        this.site = site;
        this.place = place;
        this.records = records;
        this.dice = dice;
        this.manner = manner;
        this.route = new Route(environment, site.bootstrap(), "hasty producer " + place);
    }

    public void start() {
        later(1);
    }

    /** No new batch. */
    public void stop() {
        stopping = true;
    }

    /** Whether it has heard of its last batch, or never will. */
    public boolean done() {
        return stopping && !awaiting;
    }

    private void later(long ms) {
        route.later(ms, this::go);
    }

    private void go() {
        if (stopping) {
            return;
        }
        if (route.found()) {
            send();
        } else {
            route.toLeader(place, _ -> later(route.found() ? 1 : dice.between(1, 300)));
        }
    }

    private void send() {
        counter++;
        String token = Sent.ALONE + manner.name() + "/" + place + "/" + counter;
        var sent = new Sent(token, -1, (short) -1, -1, (int) dice.between(1, 4));
        awaiting = true;
        route.call(
                ApiKeys.PRODUCE,
                9,
                request(sent),
                ProduceResponseData.class,
                PATIENCE,
                answer -> answered(sent, answer));
    }

    private ProduceRequestData request(Sent sent) {
        var builder = new BatchBuilder(BatchSpec.PLAIN);
        for (int index = 0; index < sent.count(); index++) {
            String value = sent.token() + "/" + index;
            builder.append(1000, null, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
        }
        var partition = new ProduceRequestData.PartitionProduceData().setIndex(place.partition());
        RecordBytes.attach(partition, builder.build());
        var topic = new ProduceRequestData.TopicProduceData().setName(place.topic());
        topic.partitionData().add(partition);
        var body = new ProduceRequestData().setAcks((short) 1).setTimeoutMs(1000);
        body.topicData().add(topic);
        return body;
    }

    private void answered(Sent sent, Optional<ProduceResponseData> answer) {
        awaiting = false;
        if (answer.isEmpty()) {
            route.forget();
            if (manner.variant() == Variant.SILENCE_IS_TAKEN_FOR_CONSENT) {
                records.acknowledgedAlone(site, place, sent, nextOffset);
            }
        } else {
            answered(sent, answer.get());
        }
        later(dice.between(1, manner.pauseMsMax()));
    }

    private void answered(Sent sent, ProduceResponseData answer) {
        var response = answer.responses().iterator().next().partitionResponses().getFirst();
        Errors error = Errors.forCode(response.errorCode());
        if (error == Errors.NONE) {
            records.acknowledgedAlone(site, place, sent, response.baseOffset());
            nextOffset = response.baseOffset() + sent.count();
        } else if (error == Errors.POLICY_VIOLATION) {
            stopping = true; // another region owns the topic
        } else {
            route.forget();
        }
    }
}
