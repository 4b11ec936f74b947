package io.tombolo.broker.request.data;

import io.tombolo.broker.Images;
import io.tombolo.broker.quota.ClientQuotas;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.Offload;
import io.tombolo.metadata.image.BrokersImage;
import io.tombolo.replication.FetchOutcome;
import io.tombolo.replication.FetchRead;
import io.tombolo.replication.FetchWaiter;
import io.tombolo.replication.Partition;
import io.tombolo.storage.log.Isolation;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.Errors;

import java.util.function.IntPredicate;

/** Fetch by consumers, with incremental sessions (KIP-227). */
public final class FetchHandler implements RequestHandler<FetchRequestData> {

    private static final byte READ_COMMITTED = 1;
    private static final short FIRST_FROM_ANY_REPLICA = 11;
    private static final short FIRST_WITH_HINTS = 16;

    private final Images images;
    private final Fetching fetching;
    private final LeaderHints hints;

    /**
     * @param sessionsMax incremental sessions of the whole broker
     * @param bytesMax soft limit of one answer, whatever the client asks for
     * @param quotas how much a client may be given over time
     */
    public record Limits(int sessionsMax, int bytesMax, ClientQuotas quotas) {}

    public FetchHandler(
            Images images,
            LeaderHints hints,
            Shards shards,
            Offload offload,
            Limits limits,
            AwayTopics away) {
        this.images = images;
        this.fetching =
                new Fetching(
                        images,
                        shards,
                        offload,
                        new Fetching.Limits(
                                new FetchSessions.Slots(limits.sessionsMax()),
                                limits.bytesMax(),
                                limits.quotas()::consumed),
                        away);
        this.hints = hints;
    }

    @Override
    public void handle(Exchange exchange, FetchRequestData body) {
        if (body.replicaId() >= 0 || body.replicaState().replicaId() >= 0) {
            // Only brokers may move the high watermark, and none fetches over a client listener.
            // Kafka gives this error to whoever is not allowed to act as one.
            exchange.answer(
                    FetchAnswers.refusal(
                            FetchSessionChoice.named(body, exchange.version()),
                            Errors.TOPIC_AUTHORIZATION_FAILED));
            return;
        }
        boolean committed = body.isolationLevel() == READ_COMMITTED;
        var isolation = committed ? Isolation.READ_COMMITTED : Isolation.READ_UNCOMMITTED;
        var consumer =
                new Consumer(
                        isolation,
                        exchange.version() >= FIRST_FROM_ANY_REPLICA,
                        closeTo(body.rackId()));
        var answers =
                new FetchAnswers(
                        exchange.version() < FIRST_WITH_HINTS ? LeaderHints.NONE : hints,
                        committed);
        var parked = exchange.attachments().get(Fetching.Parked.class, Fetching.Parked::new);
        fetching.choose(exchange, body)
                .ifPresent(chosen ->
                        fetching.start(exchange, body, consumer, answers, parked, chosen));
    }

    /** Who is in the rack of a reader; nobody when it does not tell. */
    private IntPredicate closeTo(String rack) {
        BrokersImage brokers = images.current().brokers();
        return rack.isEmpty()
                ? _ -> false
                : id ->
                        brokers.broker(id)
                                .filter(broker -> broker.endpoints().rack().equals(rack))
                                .isPresent();
    }

    /**
     * Reads what is committed.
     *
     * @param anyReplica whether followers may be read as well (KIP-392)
     * @param close who is in the rack of the reader
     */
    private record Consumer(Isolation isolation, boolean anyReplica, IntPredicate close)
            implements FetchRound.Reader {

        @Override
        public FetchOutcome read(Partition partition, FetchEntry entry, int bytesMax) {
            var wish =
                    new FetchRead(
                            entry.wish().fetchOffset(),
                            entry.wish().currentLeaderEpoch(),
                            entry.wish().lastFetchedEpoch(),
                            bytesMax,
                            isolation);
            return anyReplica ? partition.readFromAnyReplica(wish, close) : partition.read(wish);
        }

        @Override
        public void watch(Partition partition, FetchWaiter waiter) {
            partition.addWaiter(waiter);
        }
    }
}
