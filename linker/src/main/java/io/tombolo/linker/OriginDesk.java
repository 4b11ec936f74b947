package io.tombolo.linker;

import io.tombolo.linker.mirror.Origin;
import io.tombolo.linker.mirror.PartitionEvent;
import io.tombolo.linker.source.CallOutcome;
import io.tombolo.linker.source.SourceCluster;
import io.tombolo.linker.source.SourceInventory;
import io.tombolo.linker.source.SourceNode;
import io.tombolo.linker.source.SourceTopic;
import io.tombolo.protocol.client.ClientCall;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Asks the source where partitions stand. Questions of one turn of the loop that go to the same
 * broker travel together, at most {@value #BATCH_MAX} in one request. Mutable; owned by the loop of
 * the link.
 */
final class OriginDesk {

    static final int BATCH_MAX = 1_000;
    private static final long EARLIEST = -2;
    private static final long LATEST = -1;

    private final LinkScope scope;
    private final SourceCluster cluster;
    private final Supplier<SourceInventory> inventory;
    private final List<Question> waiting = new ArrayList<>();

    OriginDesk(LinkScope scope, SourceCluster cluster, Supplier<SourceInventory> inventory) {
        this.scope = scope;
        this.cluster = cluster;
        this.inventory = inventory;
    }

    /** Feeds the worker {@code OriginKnown} or {@code SourceFailed}, later. */
    void ask(PartitionWorker worker, int attempt, int epoch) {
        if (waiting.isEmpty()) {
            scope.loop().execute(this::sendAll);
        }
        waiting.add(new Question(worker, attempt, epoch));
    }

    private void sendAll() {
        var byNode = new TreeMap<Integer, List<Question>>();
        var all = List.copyOf(waiting);
        waiting.clear();
        for (Question question : all) {
            Optional<SourceTopic.Leader> leader =
                    inventory
                            .get()
                            .leaderOf(
                                    question.worker.sourceTopic(),
                                    question.worker.id().partition());
            Optional<SourceNode> node = leader.flatMap(known -> cluster.broker(known.nodeId()));
            if (node.isEmpty()) {
                question.fail(
                        new Reason(
                                leader.isEmpty()
                                        ? Reason.Code.SOURCE_UNREACHABLE
                                        : Reason.Code.SOURCE_ERROR,
                                leader.isEmpty()
                                        ? "the source has not said who leads the partition"
                                        : "the source has no leader for the partition"));
            } else {
                question.leaderEpoch = leader.get().epoch();
                byNode.computeIfAbsent(leader.get().nodeId(), _ -> new ArrayList<>()).add(question);
            }
        }
        byNode.forEach((id, questions) -> cluster.broker(id).ifPresent(n -> send(n, questions)));
    }

    private void send(SourceNode node, List<Question> questions) {
        long now = scope.now();
        questions.forEach(question -> question.askedNanos = now);
        for (int from = 0; from < questions.size(); from += BATCH_MAX) {
            var batch =
                    new Batch(
                            questions.subList(from, Math.min(from + BATCH_MAX, questions.size())));
            node.ask(batch.offsetsCall(EARLIEST), outcome -> batch.offsets(outcome, EARLIEST));
            node.ask(batch.offsetsCall(LATEST), outcome -> batch.offsets(outcome, LATEST));
            if (batch.asksEpochs()) {
                node.ask(batch.epochsCall(), batch::epochs);
            }
        }
    }

    /** One partition's question and what has been learnt so far. */
    private static final class Question {
        private final PartitionWorker worker;
        private final int attempt;
        private final int epoch;
        private int leaderEpoch = -1;
        private long askedNanos;
        private long logStart = -1;
        private long highWatermark = -1;
        private Origin.@Nullable EpochAnswer epochAnswer;
        private boolean over;

        private Question(PartitionWorker worker, int attempt, int epoch) {
            this.worker = worker;
            this.attempt = attempt;
            this.epoch = epoch;
            this.epochAnswer = epoch < 0 ? new Origin.NotAsked() : null;
        }

        private void fail(Reason reason) {
            if (!over) {
                over = true;
                worker.feed(new PartitionEvent.SourceFailed(reason));
            }
        }

        private void fail(Errors error) {
            fail(new Reason(SourceInventory.codeOf(error), "the source answers " + error));
        }

        private void answerWhenComplete() {
            if (over || logStart < 0 || highWatermark < 0 || epochAnswer == null) {
                return;
            }
            over = true;
            var origin = new Origin(logStart, Math.max(logStart, highWatermark), epochAnswer);
            worker.feed(new PartitionEvent.OriginKnown(attempt, origin), askedNanos);
        }
    }

    /** Questions that travel together to one broker. */
    private static final class Batch {
        private final Map<String, Map<Integer, Question>> byTopic = new LinkedHashMap<>();
        private final List<Question> questions;

        private Batch(List<Question> questions) {
            this.questions = List.copyOf(questions);
            for (Question question : questions) {
                byTopic.computeIfAbsent(question.worker.sourceTopic(), _ -> new LinkedHashMap<>())
                        .put(question.worker.id().partition(), question);
            }
        }

        private ClientCall offsetsCall(long timestamp) {
            var request = new ListOffsetsRequestData().setReplicaId(-1);
            byTopic.forEach((name, partitions) -> {
                var topic = new ListOffsetsTopic().setName(name);
                partitions.forEach((number, question) ->
                        topic.partitions()
                                .add(
                                        new ListOffsetsPartition()
                                                .setPartitionIndex(number)
                                                .setCurrentLeaderEpoch(question.leaderEpoch)
                                                .setTimestamp(timestamp)));
                request.topics().add(topic);
            });
            return ClientCall.of(ApiKeys.LIST_OFFSETS, 5, 9, request);
        }

        private void offsets(CallOutcome outcome, long timestamp) {
            switch (outcome) {
                case CallOutcome.Failed(var reason) -> questions.forEach(q -> q.fail(reason));
                case CallOutcome.Answered answer -> {
                    var body = (ListOffsetsResponseData) answer.body();
                    answer.lease().release();
                    for (var topic : body.topics()) {
                        for (var partition : topic.partitions()) {
                            Question question = find(topic.name(), partition.partitionIndex());
                            if (question != null) {
                                take(
                                        question,
                                        timestamp,
                                        partition.errorCode(),
                                        partition.offset());
                            }
                        }
                    }
                }
            }
        }

        private static void take(Question question, long timestamp, short code, long offset) {
            Errors error = Errors.forCode(code);
            if (error != Errors.NONE) {
                question.fail(error);
            } else if (offset < 0) {
                question.fail(
                        new Reason(
                                Reason.Code.SOURCE_MALFORMED,
                                "the source gave " + offset + " as an end of its log"));
            } else if (timestamp == EARLIEST) {
                question.logStart = offset;
            } else {
                question.highWatermark = offset;
            }
            question.answerWhenComplete();
        }

        private boolean asksEpochs() {
            return questions.stream().anyMatch(question -> question.epoch >= 0);
        }

        private ClientCall epochsCall() {
            var request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
            byTopic.forEach((name, partitions) -> {
                var topic = new OffsetForLeaderTopic().setTopic(name);
                partitions.forEach((number, question) -> {
                    if (question.epoch >= 0) {
                        topic.partitions()
                                .add(
                                        new OffsetForLeaderPartition()
                                                .setPartition(number)
                                                .setCurrentLeaderEpoch(question.leaderEpoch)
                                                .setLeaderEpoch(question.epoch));
                    }
                });
                if (!topic.partitions().isEmpty()) {
                    request.topics().add(topic);
                }
            });
            return ClientCall.of(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 3, 4, request);
        }

        private void epochs(CallOutcome outcome) {
            switch (outcome) {
                case CallOutcome.Failed(var reason) -> questions.forEach(q -> q.fail(reason));
                case CallOutcome.Answered answer -> {
                    var body = (OffsetForLeaderEpochResponseData) answer.body();
                    answer.lease().release();
                    for (var topic : body.topics()) {
                        for (var partition : topic.partitions()) {
                            Question question = find(topic.topic(), partition.partition());
                            if (question == null) {
                                continue;
                            }
                            Errors error = Errors.forCode(partition.errorCode());
                            if (error != Errors.NONE) {
                                question.fail(error);
                                continue;
                            }
                            question.epochAnswer =
                                    partition.leaderEpoch() < 0 || partition.endOffset() < 0
                                            ? new Origin.EpochUnknown()
                                            : new Origin.EpochEnd(
                                                    partition.leaderEpoch(), partition.endOffset());
                            question.answerWhenComplete();
                        }
                    }
                }
            }
        }

        private @Nullable Question find(String topic, int partition) {
            Map<Integer, Question> partitions = byTopic.get(topic);
            return partitions == null ? null : partitions.get(partition);
        }
    }
}
