package io.tombolo.replication;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Payload;
import io.tombolo.replication.fetch.FetcherEvent;
import io.tombolo.replication.fetch.FetcherRequest;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** What a broker does with the requests of other brokers' fetchers. */
record ReplicaServing(ReplicaMutant mutant, ModelController controller) {

    private static final long PARKED_NANOS = 100_000_000;

    void serve(ReplicaNode to, FetcherRequest request, Consumer<FetcherEvent> answer) {
        switch (request) {
            case FetcherRequest.Fetch(FetchRequestData body) -> serveFetch(to, body, answer);
            case FetcherRequest.ListOffsets(ListOffsetsRequestData body) ->
                    answer.accept(new FetcherEvent.OffsetsListed(offsets(to, body)));
        }
    }

    private void serveFetch(ReplicaNode to, FetchRequestData body, Consumer<FetcherEvent> answer) {
        Partition partition = to.partition;
        if (partition == null || body.topics().isEmpty()) {
            return;
        }
        ReplicaRead wish = wish(to, body);
        FetchOutcome outcome = partition.readAsReplica(wish);
        boolean nothing =
                outcome instanceof FetchOutcome.Read(ReadResult.Slice slice, var _)
                        && slice.bytes() == 0;
        if (!nothing) {
            answer.accept(new FetcherEvent.Fetched(response(outcome)));
            return;
        }
        var parked =
                new Parked(
                        partition,
                        () -> {
                            if (to.partition == partition) {
                                FetchOutcome later = partition.readAgainAsReplica(wish);
                                answer.accept(new FetcherEvent.Fetched(response(later)));
                            }
                        });
        partition.addReplicaWaiter(parked);
        parked.deadline = to.running().loops().loop(0).schedule(PARKED_NANOS, parked::finish);
    }

    private static final class Parked implements FetchWaiter {

        private final Partition partition;
        private final Runnable then;
        private EventLoop.Timer deadline = () -> {};
        private boolean done;

        Parked(Partition partition, Runnable then) {
            this.partition = partition;
            this.then = then;
        }

        @Override
        public void advanced(Partition changed) {
            finish();
        }

        void finish() {
            if (!done) {
                done = true;
                deadline.cancel();
                partition.removeWaiter(this);
                then.run();
            }
        }
    }

    private ReplicaRead wish(ReplicaNode to, FetchRequestData body) {
        var wanted = body.topics().getFirst().partitions().getFirst();
        int replica = body.replicaState().replicaId();
        long epoch =
                mutant == ReplicaMutant.TAKES_ANY_INCARNATION
                        ? controller.epochOf(replica)
                        : body.replicaState().replicaEpoch();
        boolean blind =
                mutant == ReplicaMutant.NEVER_LOOKS_FOR_DIVERGENCE
                        || mutant == ReplicaMutant.COMPARES_NO_EPOCHS_OF_COPIES;
        int last = blind ? -1 : wanted.lastFetchedEpoch();
        return new ReplicaRead(
                replica,
                epoch,
                wanted.fetchOffset(),
                last,
                wanted.currentLeaderEpoch(),
                wanted.logStartOffset(),
                wanted.partitionMaxBytes());
    }

    private static FetchResponseData response(FetchOutcome outcome) {
        var data = new PartitionData().setPartitionIndex(0).setHighWatermark(-1);
        switch (outcome) {
            case FetchOutcome.Read(ReadResult.Slice slice, var bounds) -> fill(data, slice, bounds);
            case FetchOutcome.Cold(var read, var bounds) -> {
                if (read.call() instanceof ReadResult.Slice slice) {
                    fill(data, slice, bounds);
                } else {
                    data.setErrorCode(Errors.KAFKA_STORAGE_ERROR.code());
                }
            }
            case FetchOutcome.Diverging(var end, var _) ->
                    data.setDivergingEpoch(
                            new FetchResponseData.EpochEndOffset()
                                    .setEpoch(end.leaderEpoch())
                                    .setEndOffset(end.endOffset()));
            case FetchOutcome.Refused(Errors error, var _) -> data.setErrorCode(error.code());
            case FetchOutcome.Closer closer ->
                    throw new IllegalStateException("a replica was sent on: " + closer);
        }
        var topic = new FetchableTopicResponse().setTopicId(ReplicaNode.ID.topicId());
        topic.partitions().add(data);
        var response = new FetchResponseData();
        response.responses().add(topic);
        return response;
    }

    private static void fill(
            PartitionData data, ReadResult.Slice slice, FetchOutcome.Bounds bounds) {
        var bytes = ByteBuffer.allocate(slice.bytes());
        for (Payload part : slice.parts()) {
            bytes.put(((Payload.Memory) part).bytes().duplicate());
            part.release();
        }
        data.setRecords(MemoryRecords.readableRecords(bytes.flip()))
                .setHighWatermark(bounds.highWatermark())
                .setLogStartOffset(bounds.logStartOffset());
    }

    private static ListOffsetsResponseData offsets(ReplicaNode to, ListOffsetsRequestData body) {
        Partition partition = to.partition;
        var wanted = body.topics().getFirst().partitions().getFirst();
        var answer = new ListOffsetsPartitionResponse().setPartitionIndex(0);
        if (partition != null) {
            answer.setErrorCode(partition.checkEpoch(wanted.currentLeaderEpoch()).code());
            answer.setOffset(
                    wanted.timestamp() == -2
                            ? partition.log().startOffset()
                            : partition.log().endOffset());
        }
        var topic = new ListOffsetsTopicResponse().setName(body.topics().getFirst().name());
        topic.partitions().add(answer);
        var response = new ListOffsetsResponseData();
        response.topics().add(topic);
        return response;
    }
}
