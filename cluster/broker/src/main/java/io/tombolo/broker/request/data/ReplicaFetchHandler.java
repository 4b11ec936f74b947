package io.tombolo.broker.request.data;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Offload;
import io.tombolo.replication.FetchOutcome;
import io.tombolo.replication.FetchWaiter;
import io.tombolo.replication.Partition;
import io.tombolo.replication.ReplicaRead;
import io.tombolo.replication.leader.Attendance;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Fetch by the replicas of other brokers, on the listener between brokers. A fetch that waits is
 * answered at once when its broker sends another request on the same connection: so a follower that
 * has come to follow more partitions need not wait until the first ones have records.
 */
public final class ReplicaFetchHandler implements RequestHandler<FetchRequestData> {

    /** More than there are connections of brokers. */
    private static final int SESSIONS_MAX = 100_000;

    private final Images images;
    private final Shards shards;
    private final Offload offload;
    private final Clock clock;
    private final int bytesMax;
    private final Fetching fetching;
    private final FetchSessions.Slots slots = new FetchSessions.Slots(SESSIONS_MAX);

    /**
     * @param bytesMax soft limit of one answer, whatever is asked for
     */
    public ReplicaFetchHandler(
            Images images, Shards shards, Offload offload, Clock clock, int bytesMax) {
        this.images = images;
        this.shards = shards;
        this.offload = offload;
        this.clock = clock;
        this.bytesMax = bytesMax;
        this.fetching =
                new Fetching(
                        images,
                        shards,
                        offload,
                        new Fetching.Limits(slots, bytesMax, (_, _) -> 0),
                        AwayTopics.NONE);
    }

    @Override
    public void handle(Exchange exchange, FetchRequestData body) {
        int replicaId = body.replicaState().replicaId();
        if (replicaId < 0) {
            exchange.answer(new FetchResponseData().setErrorCode(Errors.INVALID_REQUEST.code()));
            return;
        }
        var answers = new FetchAnswers(LeaderHints.NONE, false);
        Fetching.Parked parked =
                exchange.attachments()
                        .get(Fetching.ParkedReplica.class, Fetching.ParkedReplica::new);
        fetching.choose(exchange, body)
                .ifPresent(chosen -> {
                    FetchSession session = chosen.session();
                    if (session == null) {
                        fetching.start(
                                exchange,
                                body,
                                reader(body, new Attendance()),
                                answers,
                                parked,
                                chosen);
                    } else {
                        start(exchange, body, answers, parked, chosen, session);
                    }
                });
    }

    private void start(
            Exchange exchange,
            FetchRequestData body,
            FetchAnswers answers,
            Fetching.Parked parked,
            FetchSessionChoice.Chosen chosen,
            FetchSession session) {
        ReplicaSession replica =
                session.replica(() -> new ReplicaSession(body.replicaState().replicaId(), shards));
        replica.attendance().heard(clock.nanoTime());
        Map<FetchEntry, Errors> unknown = replica.take(chosen, images.current().topics());
        var limits =
                new FetchRound.Limits(
                        body.minBytes(),
                        Math.min(body.maxBytes(), bytesMax),
                        unknown.isEmpty() ? TimeUnit.MILLISECONDS.toNanos(body.maxWaitMs()) : 0);
        var round =
                new FetchRound(
                        new FetchRound.Place(
                                exchange.loop(), offload, reader(body, replica.attendance())),
                        new FetchRound.Parts.OfSession(replica.parts()),
                        limits,
                        outcomes -> {
                            parked.end();
                            exchange.answer(answered(answers, chosen, unknown, outcomes));
                        });
        parked.begin(round, exchange);
        round.start();
    }

    private static FetchResponseData answered(
            FetchAnswers answers,
            FetchSessionChoice.Chosen chosen,
            Map<FetchEntry, Errors> unknown,
            Map<FetchEntry, FetchOutcome> outcomes) {
        var entries = new ArrayList<FetchEntry>(unknown.keySet());
        var errors = new ArrayList<Errors>(unknown.values());
        outcomes.keySet()
                .forEach(entry -> {
                    entries.add(entry);
                    errors.add(Errors.NONE);
                });
        var plan = new FetchAnswers.Plan(entries, chosen.session(), chosen.incremental());
        return answers.response(plan, errors, List.copyOf(outcomes.values()));
    }

    private static Replica reader(FetchRequestData body, Attendance attendance) {
        var state = body.replicaState();
        return new Replica(state.replicaId(), state.replicaEpoch(), attendance);
    }

    /** Reads up to the log end, and moves the high watermark by what it has. */
    private record Replica(int replicaId, long brokerEpoch, Attendance attendance)
            implements FetchRound.Reader {

        @Override
        public FetchOutcome read(Partition partition, FetchEntry entry, int bytesMax) {
            return partition.readAsReplica(wish(entry, bytesMax));
        }

        @Override
        public FetchOutcome readAgain(Partition partition, FetchEntry entry, int bytesMax) {
            return partition.readAgainAsReplica(wish(entry, bytesMax));
        }

        private ReplicaRead wish(FetchEntry entry, int bytesMax) {
            var wish = entry.wish();
            return new ReplicaRead(
                    replicaId,
                    brokerEpoch,
                    wish.fetchOffset(),
                    wish.lastFetchedEpoch(),
                    wish.currentLeaderEpoch(),
                    wish.logStartOffset(),
                    bytesMax,
                    attendance);
        }

        @Override
        public void watch(Partition partition, FetchWaiter waiter) {
            partition.addReplicaWaiter(waiter);
        }
    }
}
