package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.protocol.RecordBytes;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads one partition wherever it is led, a fetch at a time. */
final class Fetching {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Place place;
    private final Route route;

    Fetching(Environment environment, Site site, Place place) {
        this.place = place;
        this.route = new Route(environment, site.bootstrap(), "fetch " + place);
    }

    void close() {
        route.close();
    }

    /** Where the partition ends; empty when nobody says so. */
    void end(Consumer<Optional<Long>> answer) {
        atLeader(
                () -> answer.accept(Optional.empty()),
                () ->
                        route.toEnd(
                                place,
                                PATIENCE,
                                found -> {
                                    var end =
                                            found.filter(it -> it.errorCode() == Errors.NONE.code())
                                                    .map(it -> it.offset());
                                    forgetUnless(end.isPresent());
                                    answer.accept(end);
                                }));
    }

    /** Whole batches from an offset on, perhaps none; empty when there is no answer. */
    void fetch(long offset, int bytesMax, Consumer<Optional<ByteBuffer>> answer) {
        var body = new FetchRequestData().setMaxWaitMs(100).setMinBytes(1).setMaxBytes(bytesMax);
        var topic = new FetchRequestData.FetchTopic().setTopic(place.topic());
        topic.partitions()
                .add(
                        new FetchRequestData.FetchPartition()
                                .setPartition(place.partition())
                                .setFetchOffset(offset)
                                .setPartitionMaxBytes(bytesMax));
        body.topics().add(topic);
        body.setSessionEpoch(-1);
        atLeader(
                () -> answer.accept(Optional.empty()),
                () ->
                        route.call(
                                ApiKeys.FETCH,
                                12,
                                body,
                                FetchResponseData.class,
                                PATIENCE,
                                found -> {
                                    var batches = found.flatMap(Fetching::batches);
                                    forgetUnless(batches.isPresent());
                                    answer.accept(batches);
                                }));
    }

    private static Optional<ByteBuffer> batches(FetchResponseData answer) {
        if (answer.errorCode() != Errors.NONE.code() || answer.responses().isEmpty()) {
            return Optional.empty();
        }
        var partition = answer.responses().getFirst().partitions().getFirst();
        return partition.errorCode() == Errors.NONE.code()
                ? Optional.of(RecordBytes.of(partition))
                : Optional.empty();
    }

    private void forgetUnless(boolean right) {
        if (!right) {
            route.forget();
        }
    }

    private void atLeader(Runnable nowhere, Runnable there) {
        if (route.found()) {
            there.run();
        } else {
            route.toLeader(place, _ -> (route.found() ? there : nowhere).run());
        }
    }
}
