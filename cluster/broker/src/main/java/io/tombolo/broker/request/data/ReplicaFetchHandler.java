package io.tombolo.broker.request.data;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.Offload;
import io.tombolo.replication.FetchOutcome;
import io.tombolo.replication.FetchWaiter;
import io.tombolo.replication.Partition;
import io.tombolo.replication.ReplicaRead;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * Fetch by the replicas of other brokers, on the listener between brokers. A fetch that waits is
 * answered at once when its broker sends another request on the same connection: so a follower that
 * has come to follow more partitions need not wait until the first ones have records.
 */
public final class ReplicaFetchHandler implements RequestHandler<FetchRequestData> {

    /** More than there are connections of brokers. */
    private static final int SESSIONS_MAX = 100_000;

    private final Fetching fetching;

    /**
     * @param bytesMax soft limit of one answer, whatever is asked for
     */
    public ReplicaFetchHandler(Images images, Shards shards, Offload offload, int bytesMax) {
        this.fetching = new Fetching(images, shards, offload, SESSIONS_MAX, bytesMax);
    }

    @Override
    public void handle(Exchange exchange, FetchRequestData body) {
        int replicaId = body.replicaState().replicaId();
        if (replicaId < 0) {
            exchange.answer(new FetchResponseData().setErrorCode(Errors.INVALID_REQUEST.code()));
            return;
        }
        fetching.fetch(
                exchange,
                body,
                new Replica(replicaId, body.replicaState().replicaEpoch()),
                new FetchAnswers(LeaderHints.NONE, false),
                exchange.attachments()
                        .get(Fetching.ParkedReplica.class, Fetching.ParkedReplica::new));
    }

    /** Reads up to the log end, and moves the high watermark by what it has. */
    private record Replica(int replicaId, long brokerEpoch) implements FetchRound.Reader {

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
                    bytesMax);
        }

        @Override
        public void watch(Partition partition, FetchWaiter waiter) {
            partition.addReplicaWaiter(waiter);
        }
    }
}
