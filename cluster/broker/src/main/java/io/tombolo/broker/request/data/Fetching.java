package io.tombolo.broker.request.data;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Attachments;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.Offload;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.concurrent.TimeUnit;

/** What fetches of consumers and of replicas have in common: sessions, waiting, the answer. */
final class Fetching {

    private final Images images;
    private final Shards shards;
    private final Offload offload;
    private final FetchSessions.Slots slots;
    private final int bytesMax;

    /**
     * @param sessionsMax incremental sessions of the whole broker
     * @param bytesMax soft limit of one answer, whatever is asked for
     */
    Fetching(Images images, Shards shards, Offload offload, int sessionsMax, int bytesMax) {
        this.images = images;
        this.shards = shards;
        this.offload = offload;
        this.slots = new FetchSessions.Slots(sessionsMax);
        this.bytesMax = bytesMax;
    }

    /**
     * Answers a fetch.
     *
     * @param parked what the connection keeps of it while it waits
     */
    void fetch(
            Exchange exchange,
            FetchRequestData body,
            FetchRound.Reader reader,
            FetchAnswers answers,
            Parked parked) {
        var sessions =
                exchange.attachments().get(FetchSessions.class, () -> new FetchSessions(slots));
        switch (FetchSessionChoice.choose(sessions, body, exchange.version())) {
            case FetchSessionChoice.Refused(Errors error) ->
                    exchange.answer(new FetchResponseData().setErrorCode(error.code()));
            case FetchSessionChoice.Chosen(var entries, var session, boolean incremental) -> {
                var plan = new FetchAnswers.Plan(entries, session, incremental);
                var place = new FetchRound.Place(shards, exchange.loop(), offload, reader);
                start(exchange, body, place, new Task(plan, answers, parked));
            }
        }
    }

    private record Task(FetchAnswers.Plan plan, FetchAnswers answers, Parked parked) {}

    private void start(
            Exchange exchange, FetchRequestData body, FetchRound.Place place, Task task) {
        var topics = images.current().topics();
        var errors = new ArrayList<Errors>();
        var readable = new ArrayList<FetchEntry>();
        for (FetchEntry entry : task.plan().entries()) {
            Errors error = entry.resolve(topics);
            errors.add(error);
            if (error == Errors.NONE) {
                readable.add(entry);
            }
        }
        boolean failed = readable.size() < errors.size();
        var limits =
                new FetchRound.Limits(
                        body.minBytes(),
                        Math.min(body.maxBytes(), bytesMax),
                        failed ? 0 : TimeUnit.MILLISECONDS.toNanos(body.maxWaitMs()));
        Parked parked = task.parked();
        var round =
                new FetchRound(
                        place,
                        readable,
                        limits,
                        outcomes -> {
                            parked.round = null;
                            exchange.answer(task.answers().response(task.plan(), errors, outcomes));
                        });
        parked.round = round;
        parked.exchange = exchange;
        round.start();
    }

    /** The fetch that a connection has under way. */
    static class Parked implements AutoCloseable {

        private @Nullable FetchRound round;
        private @Nullable Exchange exchange;

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
            FetchRound waiting = super.round;
            if (waiting != null) {
                waiting.endWait();
            }
        }
    }
}
