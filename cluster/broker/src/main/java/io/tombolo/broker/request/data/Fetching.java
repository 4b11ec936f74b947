package io.tombolo.broker.request.data;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Attachments;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.shard.Shard;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.Offload;
import io.tombolo.protocol.PayloadRecords;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntBiFunction;

/** What fetches of consumers and of replicas have in common: sessions, waiting, the answer. */
final class Fetching {

    private final Images images;
    private final Shards shards;
    private final Offload offload;
    private final Limits limits;
    private final AwayTopics away;

    /**
     * @param slots for incremental sessions of the whole broker
     * @param bytesMax soft limit of one answer, whatever is asked for
     * @param throttleMs for how long a client is held back that was given so many bytes
     */
    record Limits(
            FetchSessions.Slots slots, int bytesMax, ToIntBiFunction<String, Long> throttleMs) {}

    Fetching(Images images, Shards shards, Offload offload, Limits limits, AwayTopics away) {
        this.away = away;
        this.images = images;
        this.shards = shards;
        this.offload = offload;
        this.limits = limits;
    }

    /** What a fetch is about; empty when it was refused, which is answered already. */
    Optional<FetchSessionChoice.Chosen> choose(Exchange exchange, FetchRequestData body) {
        var sessions =
                exchange.attachments()
                        .get(FetchSessions.class, () -> new FetchSessions(limits.slots()));
        return switch (FetchSessionChoice.choose(sessions, body, exchange.version())) {
            case FetchSessionChoice.Refused(Errors error) -> {
                exchange.answer(new FetchResponseData().setErrorCode(error.code()));
                yield Optional.empty();
            }
            case FetchSessionChoice.Chosen chosen -> Optional.of(chosen);
        };
    }

    /**
     * Answers a fetch.
     *
     * @param parked what the connection keeps of it while it waits
     */
    void start(
            Exchange exchange,
            FetchRequestData body,
            FetchRound.Reader reader,
            FetchAnswers answers,
            Parked parked,
            FetchSessionChoice.Chosen chosen) {
        var plan = new FetchAnswers.Plan(chosen.entries(), chosen.session(), chosen.incremental());
        var place = new FetchRound.Place(exchange.loop(), offload, reader);
        start(exchange, body, place, new Task(plan, answers, parked));
    }

    private record Task(FetchAnswers.Plan plan, FetchAnswers answers, Parked parked) {}

    private void start(
            Exchange exchange, FetchRequestData body, FetchRound.Place place, Task task) {
        var topics = images.current().topics();
        var errors = new ArrayList<Errors>();
        var readable = new ArrayList<FetchEntry>();
        for (FetchEntry entry : task.plan().entries()) {
            Errors error = entry.resolve(topics);
            if (error == Errors.NONE && away.away(exchange, entry.partition().topic())) {
                error = Errors.NOT_LEADER_OR_FOLLOWER;
            }
            errors.add(error);
            if (error == Errors.NONE) {
                readable.add(entry);
            }
        }
        boolean failed = readable.size() < errors.size();
        var bounds =
                new FetchRound.Limits(
                        body.minBytes(),
                        Math.min(body.maxBytes(), limits.bytesMax()),
                        failed ? 0 : TimeUnit.MILLISECONDS.toNanos(body.maxWaitMs()));
        Parked parked = task.parked();
        var round =
                new FetchRound(
                        place,
                        new FetchRound.Parts.OfConsumer(partsOf(readable)),
                        bounds,
                        outcomes -> {
                            parked.end();
                            var inOrder = readable.stream().map(outcomes::get).toList();
                            answer(exchange, task.answers().response(task.plan(), errors, inOrder));
                        });
        parked.begin(round, exchange);
        round.start();
    }

    /** What a client was given too much of, it has already; it is held back from the next. */
    private void answer(Exchange exchange, FetchResponseData response) {
        long bytes = 0;
        for (var topic : response.responses()) {
            for (var partition : topic.partitions()) {
                bytes += PayloadRecords.bytesOf(partition);
            }
        }
        int throttleTimeMs = limits.throttleMs().applyAsInt(exchange.request().clientId(), bytes);
        exchange.mute(throttleTimeMs);
        exchange.answer(response.setThrottleTimeMs(throttleTimeMs));
    }

    private List<ConsumerShard> partsOf(List<FetchEntry> entries) {
        var parts = new LinkedHashMap<Shard, ConsumerShard>();
        for (FetchEntry entry : entries) {
            Shard owner = shards.ownerOf(entry.partition());
            parts.computeIfAbsent(owner, ConsumerShard::new).add(entry);
        }
        return List.copyOf(parts.values());
    }

    /** A fetch under way; on the loop of its connection. */
    interface Round {

        /** Answers with what there is. */
        void endWait();

        /**
         * Gives up, because the connection is gone.
         *
         * @return whether there will be no answer; false when it is on its way
         */
        boolean giveUp();
    }

    /** The fetch that a connection has under way. */
    static class Parked implements AutoCloseable {

        private @Nullable Round round;
        private @Nullable Exchange exchange;

        void begin(Round begun, Exchange of) {
            round = begun;
            exchange = of;
        }

        void end() {
            round = null;
        }

        @Override
        public void close() {
            if (round != null && exchange != null && round.giveUp()) {
                exchange.answerNothing();
            }
        }
    }

    /** The same of a replica, which may ask for more while it waits. */
    static final class ParkedReplica extends Parked implements Attachments.Waiting {

        @Override
        public void endWait() {
            Round waiting = super.round;
            if (waiting != null) {
                waiting.endWait();
            }
        }
    }
}
