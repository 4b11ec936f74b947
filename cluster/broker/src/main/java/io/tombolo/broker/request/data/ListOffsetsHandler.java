package io.tombolo.broker.request.data;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;
import io.tombolo.replication.Partition;
import io.tombolo.storage.log.PartitionLog;
import io.tombolo.storage.log.TimestampLookup;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** ListOffsets: the first offset at or after a timestamp, or one of the special offsets. */
public final class ListOffsetsHandler implements RequestHandler<ListOffsetsRequestData> {

    private static final Logger LOG = LoggerFactory.getLogger(ListOffsetsHandler.class);

    private static final byte READ_COMMITTED = 1;
    private static final short FIRST_WITH_EPOCHS = 4;
    private static final short FIRST_WITH_OFFSET_NOT_AVAILABLE = 5;

    private final Images images;
    private final Shards shards;
    private final Offload offload;
    private final AwayTopics away;

    public ListOffsetsHandler(Images images, Shards shards, Offload offload, AwayTopics away) {
        this.away = away;
        this.images = images;
        this.shards = shards;
        this.offload = offload;
    }

    @Override
    public void handle(Exchange exchange, ListOffsetsRequestData body) {
        boolean committed = body.isolationLevel() == READ_COMMITTED;
        Set<TopicPartition> twice = namedTwice(body);
        var wishes = new ArrayList<Wish>();
        for (ListOffsetsTopic topic : body.topics()) {
            Errors leader =
                    away.away(exchange, topic.name()) ? Errors.NOT_LEADER_OR_FOLLOWER : Errors.NONE;
            for (ListOffsetsPartition partition : topic.partitions()) {
                var name = new TopicPartition(topic.name(), partition.partitionIndex());
                Errors error =
                        twice.contains(name)
                                ? Errors.INVALID_REQUEST
                                : checkSpecial(partition.timestamp(), exchange.version());
                wishes.add(
                        new Wish(
                                partition,
                                error == Errors.NONE ? leader : error,
                                committed,
                                exchange.version()));
            }
        }
        var names = new ArrayList<TopicIdPartition>();
        var topics = new Topics(images.current().topics());
        for (ListOffsetsTopic topic : body.topics()) {
            for (ListOffsetsPartition partition : topic.partitions()) {
                names.add(topics.named(topic.name(), partition.partitionIndex()));
            }
        }
        shards.<ListOffsetsPartitionResponse>askAll(
                names,
                exchange.loop(),
                (place, partition, fill) ->
                        look(partition, names.get(place), wishes.get(place), exchange.loop(), fill),
                answers -> exchange.answer(response(body, answers)));
    }

    private void look(
            Optional<Partition> hosted,
            TopicIdPartition name,
            Wish wish,
            EventLoop replyTo,
            Consumer<ListOffsetsPartitionResponse> fill) {
        if (wish.error != Errors.NONE) {
            fill.accept(wish.refused(wish.error));
            return;
        }
        if (hosted.isEmpty()) {
            fill.accept(wish.refused(Topics.errorOfMissing(name)));
            return;
        }
        Partition partition = hosted.get();
        Errors epochError = partition.checkEpoch(wish.partition.currentLeaderEpoch());
        if (epochError != Errors.NONE) {
            fill.accept(wish.refused(epochError));
            return;
        }
        long upTo = wish.committed ? partition.lastStableOffset() : partition.highWatermark();
        var log = partition.log();
        long start = log.startOffset();
        long highWatermark = partition.highWatermark();
        // An open transaction may hold back the last stable offset for long; that is not meant.
        boolean lags = partition.beginning().filter(one -> one.after(highWatermark)).isPresent();
        var limit = new Limit(upTo, lags);
        switch (SpecialOffset.of(wish.partition.timestamp()).orElse(null)) {
            case LATEST ->
                    fill.accept(
                            lags
                                    ? wish.unavailable()
                                    : wish.found(upTo, -1, log.latestEpoch().orElse(-1)));
            case EARLIEST, EARLIEST_LOCAL -> fill.accept(wish.found(start, -1, epochAtStart(log)));
            // Nothing is tiered and nothing waits for it.
            case LATEST_TIERED, EARLIEST_PENDING_UPLOAD -> fill.accept(wish.found(-1, -1, -1));
            case MAX_TIMESTAMP ->
                    search(partition, log.latestTimestamp(), replyTo, answer(wish, limit, fill));
            case null ->
                    search(
                            partition,
                            log.firstAtOrAfter(wish.partition.timestamp(), upTo),
                            replyTo,
                            answer(wish, limit, fill));
        }
    }

    private static int epochAtStart(PartitionLog log) {
        long start = log.startOffset();
        var epoch = start < log.endOffset() ? log.epochAt(start) : log.latestEpoch();
        return epoch.orElse(-1);
    }

    private void search(
            Partition partition,
            Callable<TimestampLookup> lookup,
            EventLoop replyTo,
            Consumer<Offload.Outcome<TimestampLookup>> done) {
        offload.submit(partition.id().hashCode(), lookup, replyTo, done);
    }

    private static Consumer<Offload.Outcome<TimestampLookup>> answer(
            Wish wish, Limit limit, Consumer<ListOffsetsPartitionResponse> fill) {
        return outcome -> fill.accept(wish.answered(outcome, limit));
    }

    private static Errors checkSpecial(long timestamp, short version) {
        boolean known =
                timestamp >= 0
                        || SpecialOffset.of(timestamp)
                                .filter(special -> special.knownTo(version))
                                .isPresent();
        return known ? Errors.NONE : Errors.UNSUPPORTED_VERSION;
    }

    private static Set<TopicPartition> namedTwice(ListOffsetsRequestData body) {
        var seen = new HashSet<TopicPartition>();
        var twice = new HashSet<TopicPartition>();
        for (ListOffsetsTopic topic : body.topics()) {
            for (ListOffsetsPartition partition : topic.partitions()) {
                var name = new TopicPartition(topic.name(), partition.partitionIndex());
                if (!seen.add(name)) {
                    twice.add(name);
                }
            }
        }
        return twice;
    }

    /** Answers, given in the order of the request, by their topics. */
    static ListOffsetsResponseData response(
            ListOffsetsRequestData body, List<ListOffsetsPartitionResponse> answers) {
        var response = new ListOffsetsResponseData();
        int place = 0;
        for (ListOffsetsTopic topic : body.topics()) {
            var answered = new ListOffsetsTopicResponse().setName(topic.name());
            for (int index = 0; index < topic.partitions().size(); index++) {
                answered.partitions().add(answers.get(place++));
            }
            response.topics().add(answered);
        }
        return response;
    }

    /**
     * Up to where a client may see.
     *
     * @param lags whether more may have been committed before the leader was elected (KIP-207)
     */
    private record Limit(long upTo, boolean lags) {}

    /** One partition of the request. */
    private record Wish(
            ListOffsetsPartition partition, Errors error, boolean committed, short version) {

        ListOffsetsPartitionResponse refused(Errors because) {
            return found(-1, -1, -1).setErrorCode(because.code());
        }

        ListOffsetsPartitionResponse found(long offset, long timestampMs, int epoch) {
            return new ListOffsetsPartitionResponse()
                    .setPartitionIndex(partition.partitionIndex())
                    .setOffset(offset)
                    .setTimestamp(timestampMs)
                    .setLeaderEpoch(version >= FIRST_WITH_EPOCHS ? epoch : -1);
        }

        /** To be asked again soon. */
        ListOffsetsPartitionResponse unavailable() {
            return refused(
                    version >= FIRST_WITH_OFFSET_NOT_AVAILABLE
                            ? Errors.OFFSET_NOT_AVAILABLE
                            : Errors.LEADER_NOT_AVAILABLE);
        }

        ListOffsetsPartitionResponse answered(
                Offload.Outcome<TimestampLookup> outcome, Limit limit) {
            return switch (outcome) {
                case Offload.Outcome.Done<TimestampLookup>(var lookup) -> answered(lookup, limit);
                case Offload.Outcome.Failed<TimestampLookup>(Exception cause) -> failed(cause);
            };
        }

        private ListOffsetsPartitionResponse answered(TimestampLookup lookup, Limit limit) {
            return switch (lookup) {
                case TimestampLookup.Found(long offset, long timestampMs, int epoch)
                        when offset < limit.upTo() ->
                        found(offset, timestampMs, epoch);
                case TimestampLookup.Found _, TimestampLookup.None _ ->
                        limit.lags() ? unavailable() : found(-1, -1, -1);
                case TimestampLookup.Overtaken _ -> refused(Errors.NOT_LEADER_OR_FOLLOWER);
                case TimestampLookup.Failed(var cause) -> failed(cause);
            };
        }

        private ListOffsetsPartitionResponse failed(Exception cause) {
            LOG.atError()
                    .addKeyValue("partition", partition.partitionIndex())
                    .setCause(cause)
                    .log("A record could not be looked up by its time");
            return refused(Errors.KAFKA_STORAGE_ERROR);
        }
    }
}
