package io.tombolo.linker;

import io.tombolo.linker.source.CallOutcome;
import io.tombolo.linker.source.SourceCluster;
import io.tombolo.linker.source.SourceInventory;
import io.tombolo.linker.source.SourceNode;
import io.tombolo.linker.source.SourceTopic;
import io.tombolo.protocol.client.ClientCall;
import io.tombolo.region.link.LinkSpec.Start;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Asks the source at which offsets the copies of topics are to begin, before they are made: what is
 * asked later may have another answer. Questions of one turn of the loop that go to the same broker
 * travel together, at most {@value #BATCH_MAX} partitions in one request. Mutable; owned by the
 * loop of the link.
 */
final class StartDesk {

    static final int BATCH_MAX = 1_000;
    private static final long LATEST = -1;
    private static final long UNKNOWN = -1;

    private final LinkScope scope;
    private final SourceCluster cluster;
    private final List<Question> waiting = new ArrayList<>();

    StartDesk(LinkScope scope, SourceCluster cluster) {
        this.scope = scope;
        this.cluster = cluster;
    }

    /** What the source says. */
    sealed interface Answer {}

    /** The offsets of all partitions, by number. */
    record Found(List<Long> offsets) implements Answer {}

    /** It did not say all of it. */
    record Unsaid(Reason reason) implements Answer {}

    /**
     * Asks for the ends of all partitions of a topic, or for the first offsets that are not older.
     *
     * @param done called once, later
     */
    void ask(SourceTopic topic, Start start, Consumer<Answer> done) {
        if (waiting.isEmpty()) {
            scope.loop().execute(this::sendAll);
        }
        waiting.add(new Question(topic, start, done));
    }

    /** Requests for the ends and for times go apart: no request names a partition twice. */
    private record Errand(int nodeId, boolean ends) {}

    private void sendAll() {
        var all = List.copyOf(waiting);
        waiting.clear();
        var errands = new LinkedHashMap<Errand, List<Part>>();
        for (Question question : all) {
            for (int number = 0; number < question.ends.length; number++) {
                int nodeId = question.topic.partitions().get(number).nodeId();
                for (long timestamp : question.timestamps) {
                    errands.computeIfAbsent(
                                    new Errand(nodeId, timestamp == LATEST), _ -> new ArrayList<>())
                            .add(new Part(question, number, timestamp));
                    question.open++;
                }
            }
        }
        errands.forEach((errand, parts) -> {
            for (int from = 0; from < parts.size(); from += BATCH_MAX) {
                send(
                        errand.nodeId(),
                        parts.subList(from, Math.min(from + BATCH_MAX, parts.size())));
            }
        });
    }

    private void send(int nodeId, List<Part> parts) {
        Optional<SourceNode> node = cluster.broker(nodeId);
        if (node.isEmpty()) {
            var reason =
                    new Reason(
                            Reason.Code.SOURCE_ERROR, "the source has no leader for a partition");
            parts.forEach(part -> part.question.answered(Optional.of(reason)));
            return;
        }
        node.get().ask(call(parts), outcome -> take(parts, outcome));
    }

    private static ClientCall call(List<Part> parts) {
        var topics = new LinkedHashMap<String, ListOffsetsTopic>();
        for (Part part : parts) {
            SourceTopic topic = part.question.topic;
            topics.computeIfAbsent(topic.name(), name -> new ListOffsetsTopic().setName(name))
                    .partitions()
                    .add(
                            new ListOffsetsPartition()
                                    .setPartitionIndex(part.number)
                                    .setCurrentLeaderEpoch(
                                            topic.partitions().get(part.number).epoch())
                                    .setTimestamp(part.timestamp));
        }
        var request =
                new ListOffsetsRequestData()
                        .setReplicaId(-1)
                        .setTopics(List.copyOf(topics.values()));
        return ClientCall.of(ApiKeys.LIST_OFFSETS, 5, 9, request);
    }

    private static void take(List<Part> parts, CallOutcome outcome) {
        var answers = new HashMap<TopicPartition, ListOffsetsPartitionResponse>();
        Optional<Reason> failure = Optional.empty();
        switch (outcome) {
            case CallOutcome.Failed(var reason) -> failure = Optional.of(reason);
            case CallOutcome.Answered answer -> {
                answer.lease().release();
                for (var topic : ((ListOffsetsResponseData) answer.body()).topics()) {
                    for (var one : topic.partitions()) {
                        answers.put(new TopicPartition(topic.name(), one.partitionIndex()), one);
                    }
                }
            }
        }
        for (Part part : parts) {
            var partition = new TopicPartition(part.question.topic.name(), part.number);
            part.question.answered(
                    failure.isPresent() ? failure : part.take(answers.get(partition)));
        }
    }

    /** One partition of a question. */
    private record Part(Question question, int number, long timestamp) {

        /** Why the answer cannot be used, if so. */
        private Optional<Reason> take(@Nullable ListOffsetsPartitionResponse answer) {
            Errors error = answer == null ? Errors.NONE : Errors.forCode(answer.errorCode());
            if (error != Errors.NONE) {
                return Optional.of(
                        new Reason(SourceInventory.codeOf(error), "the source answers " + error));
            }
            if (answer == null || timestamp == LATEST && answer.offset() < 0) {
                return Optional.of(
                        new Reason(
                                Reason.Code.SOURCE_MALFORMED,
                                "the source does not say where partition %d stands"
                                        .formatted(number)));
            }
            (timestamp == LATEST ? question.ends : question.found)[number] = answer.offset();
            return Optional.empty();
        }
    }

    /** One topic, whose partitions several brokers may lead. */
    private static final class Question {
        private final SourceTopic topic;
        private final Consumer<Answer> done;
        private final List<Long> timestamps;
        private final long[] ends;
        private final long[] found;
        private int open;
        private Optional<Reason> trouble = Optional.empty();

        private Question(SourceTopic topic, Start start, Consumer<Answer> done) {
            this.topic = topic;
            this.done = done;
            this.timestamps =
                    switch (start) {
                        case Start.Earliest _, Start.Latest _ -> List.of(LATEST);
                        // Where all records are older, nothing is found but the end.
                        case Start.At(var time) -> List.of(LATEST, time.toEpochMilli());
                    };
            this.ends = new long[topic.partitions().size()];
            this.found = new long[topic.partitions().size()];
            Arrays.fill(found, UNKNOWN);
        }

        private void answered(Optional<Reason> failure) {
            trouble = trouble.or(() -> failure);
            if (--open == 0) {
                done.accept(trouble.<Answer>map(Unsaid::new).orElseGet(() -> new Found(starts())));
            }
        }

        /** Never beyond the end, whatever the source says of a time. */
        private List<Long> starts() {
            var starts = new ArrayList<Long>(ends.length);
            for (int number = 0; number < ends.length; number++) {
                long offset = found[number];
                starts.add(offset < 0 ? ends[number] : Math.min(offset, ends[number]));
            }
            return starts;
        }
    }
}
