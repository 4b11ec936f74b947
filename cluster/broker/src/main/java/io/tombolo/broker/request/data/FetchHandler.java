package io.tombolo.broker.request.data;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.Offload;
import io.tombolo.protocol.PayloadRecords;
import io.tombolo.replication.FetchOutcome;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Fetch by consumers, with incremental sessions (KIP-227). */
public final class FetchHandler implements RequestHandler<FetchRequestData> {

    private static final byte READ_COMMITTED = 1;

    private final Images images;
    private final Shards shards;
    private final Offload offload;
    private final FetchSessions.Slots slots;
    private final int bytesMax;

    /**
     * @param sessionsMax incremental sessions of the whole broker
     * @param bytesMax soft limit of one answer, whatever the client asks for
     */
    public FetchHandler(
            Images images, Shards shards, Offload offload, int sessionsMax, int bytesMax) {
        this.images = images;
        this.shards = shards;
        this.offload = offload;
        this.slots = new FetchSessions.Slots(sessionsMax);
        this.bytesMax = bytesMax;
    }

    @Override
    public void handle(Exchange exchange, FetchRequestData body) {
        var sessions =
                exchange.attachments().get(FetchSessions.class, () -> new FetchSessions(slots));
        if (body.replicaId() >= 0 || body.replicaState().replicaId() >= 0) {
            // Only brokers may move the high watermark, and none fetches over a client listener.
            exchange.answer(refusal(Errors.INVALID_REQUEST));
            return;
        }
        switch (FetchSessionChoice.choose(sessions, body, exchange.version())) {
            case FetchSessionChoice.Refused(Errors error) -> exchange.answer(refusal(error));
            case FetchSessionChoice.Chosen(var entries, var session, boolean incremental) ->
                    fetch(exchange, body, new Plan(entries, session, incremental));
        }
    }

    private void fetch(Exchange exchange, FetchRequestData body, Plan plan) {
        var topics = images.current().topics();
        var errors = new ArrayList<Errors>();
        var readable = new ArrayList<FetchEntry>();
        for (FetchEntry entry : plan.entries()) {
            Errors error = entry.resolve(topics);
            errors.add(error);
            if (error == Errors.NONE) {
                readable.add(entry);
            }
        }
        boolean failed = readable.size() < plan.entries().size();
        var limits =
                new FetchRound.Limits(
                        body.minBytes(),
                        Math.min(body.maxBytes(), bytesMax),
                        failed ? 0 : TimeUnit.MILLISECONDS.toNanos(body.maxWaitMs()),
                        body.isolationLevel() == READ_COMMITTED
                                ? Isolation.READ_COMMITTED
                                : Isolation.READ_UNCOMMITTED);
        var parked = exchange.attachments().get(ParkedFetch.class, ParkedFetch::new);
        var round =
                new FetchRound(
                        shards,
                        exchange.loop(),
                        offload,
                        readable,
                        limits,
                        outcomes -> {
                            parked.round = null;
                            exchange.answer(response(plan, errors, outcomes, limits.isolation()));
                        });
        parked.round = round;
        parked.exchange = exchange;
        round.start();
    }

    private static FetchResponseData response(
            Plan plan, List<Errors> errors, List<FetchOutcome> outcomes, Isolation isolation) {
        var response = new FetchResponseData();
        if (plan.session() != null) {
            response.setSessionId(plan.session().id());
        }
        int read = 0;
        FetchableTopicResponse topic = null;
        for (int place = 0; place < errors.size(); place++) {
            FetchEntry entry = plan.entries().get(place);
            FetchOutcome outcome =
                    errors.get(place) == Errors.NONE
                            ? outcomes.get(read++)
                            : new FetchOutcome.Refused(errors.get(place));
            PartitionData partition = partition(entry.key().partition(), outcome, isolation);
            if (plan.incremental() && !entry.newsIn(partition)) {
                continue;
            }
            entry.told(partition);
            if (plan.session() != null && PayloadRecords.bytesOf(partition) > 0) {
                plan.session().rotate(entry);
            }
            if (topic == null || !isTopic(topic, entry.key())) {
                topic =
                        new FetchableTopicResponse()
                                .setTopic(entry.key().topic())
                                .setTopicId(entry.key().topicId());
                response.responses().add(topic);
            }
            topic.partitions().add(partition);
        }
        return response;
    }

    private static boolean isTopic(FetchableTopicResponse topic, FetchSession.Key key) {
        return topic.topicId().equals(key.topicId()) && topic.topic().equals(key.topic());
    }

    private static PartitionData partition(int index, FetchOutcome outcome, Isolation isolation) {
        var partition =
                new PartitionData()
                        .setPartitionIndex(index)
                        .setHighWatermark(-1)
                        .setAbortedTransactions(null);
        PayloadRecords.attach(partition, List.of());
        switch (outcome) {
            case FetchOutcome.Read(ReadResult.Slice slice, var bounds) -> {
                setBounds(partition, bounds);
                PayloadRecords.attach(partition, slice.parts());
                if (isolation == Isolation.READ_COMMITTED) {
                    partition.setAbortedTransactions(aborted(slice));
                }
            }
            case FetchOutcome.Diverging(var end, var bounds) -> {
                setBounds(partition, bounds);
                partition.setDivergingEpoch(
                        new EpochEndOffset()
                                .setEpoch(end.leaderEpoch())
                                .setEndOffset(end.endOffset()));
            }
            case FetchOutcome.Refused(Errors error, var _) -> partition.setErrorCode(error.code());
            case FetchOutcome.Cold _ ->
                    throw new IllegalStateException("a cold read was not carried out");
        }
        return partition;
    }

    private static void setBounds(PartitionData partition, FetchOutcome.Bounds bounds) {
        partition
                .setHighWatermark(bounds.highWatermark())
                .setLastStableOffset(bounds.lastStableOffset())
                .setLogStartOffset(bounds.logStartOffset());
    }

    private static List<AbortedTransaction> aborted(ReadResult.Slice slice) {
        return slice.abortedTransactions().stream()
                .map(one ->
                        new AbortedTransaction()
                                .setProducerId(one.producerId())
                                .setFirstOffset(one.firstOffset()))
                .toList();
    }

    private static FetchResponseData refusal(Errors error) {
        return new FetchResponseData().setErrorCode(error.code());
    }

    /** What one request asks for, all sessions considered. */
    private record Plan(
            List<FetchEntry> entries, @Nullable FetchSession session, boolean incremental) {}

    /** The fetch that a connection has under way. */
    private static final class ParkedFetch implements AutoCloseable {

        private @Nullable FetchRound round;
        private @Nullable Exchange exchange;

        @Override
        public void close() {
            if (round != null && exchange != null && round.giveUp()) {
                exchange.answerNothing();
            }
        }
    }
}
