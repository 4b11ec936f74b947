package io.tombolo.contract;

import static io.tombolo.contract.Batches.of;
import static io.tombolo.contract.Batches.patched;
import static io.tombolo.contract.ProduceCalls.ALL;
import static io.tombolo.contract.ProduceCalls.BY_ID;
import static io.tombolo.contract.ProduceCalls.BY_NAME;
import static io.tombolo.contract.ProduceCalls.error;
import static io.tombolo.contract.ProduceCalls.produce;
import static io.tombolo.contract.ProduceCalls.send;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.junit.jupiter.api.DisplayName;

import java.util.List;
import java.util.Map;

/** Contracts 34 to 46: what a leader appends, and what it refuses before it appends. */
class ProduceContractEndToEnd {

    private static final short CONTROL = 0x20;

    @ContractTest
    @DisplayName("34: acks other than -1, 0 and 1 are refused")
    void contract034AcksOtherThanMinusOneZeroAndOne(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            for (int acks : new int[] {-2, 2, 100}) {
                PartitionProduceResponse answer =
                        send(client, produce(topic, 0, acks, of("no")), BY_ID);

                assertThat(Errors.forCode(answer.errorCode()))
                        .isEqualTo(Errors.INVALID_REQUIRED_ACKS);
                assertThat(answer.baseOffset()).isEqualTo(-1);
            }
            assertThat(FetchCalls.endOffset(client, topic)).isZero();
        }
    }

    @ContractTest
    @DisplayName("35: min.insync.replicas above the replicas there are does not stop a producer")
    void contract035BelowMinInSyncReplicas(Subject subject) {
        Topic topic = subject.newTopic(Map.of("min.insync.replicas", "2"));
        try (var client = subject.connect()) {
            assertThat(error(client, topic, of("in"))).isEqualTo(Errors.NONE);
            assertThat(FetchCalls.endOffset(client, topic)).isEqualTo(1);
        }
    }

    @ContractTest
    @DisplayName("36: an unknown topic, partition or id has its error and no leader hint")
    void contract036UnknownTopicOrPartition(Subject subject) {
        Topic topic = subject.newTopic();
        var unknown = new Topic("nowhere", Uuid.randomUuid());
        try (var client = subject.connect()) {
            assertUnknown(
                    send(client, produce(unknown, 0, ALL, of("a")), BY_NAME),
                    Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertUnknown(
                    send(client, produce(topic, 7, ALL, of("a")), BY_NAME),
                    Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertUnknown(
                    send(client, produce(unknown, 0, ALL, of("a")), BY_ID),
                    Errors.UNKNOWN_TOPIC_ID);
            assertUnknown(
                    send(client, produce(topic, 7, ALL, of("a")), BY_ID),
                    Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
    }

    @ContractTest
    @DisplayName("37: a batch above max.message.bytes is too large")
    void contract037BatchTooLarge(Subject subject) {
        Topic topic = subject.newTopic(Map.of("max.message.bytes", "200"));
        try (var client = subject.connect()) {
            assertThat(error(client, topic, of("x".repeat(200))))
                    .isEqualTo(Errors.MESSAGE_TOO_LARGE);
            assertThat(FetchCalls.endOffset(client, topic)).isZero();
            assertThat(error(client, topic, of("x".repeat(20)))).isEqualTo(Errors.NONE);
        }
    }

    @ContractTest
    @DisplayName("38: a batch with a wrong checksum is corrupt, and nothing is appended")
    void contract038CorruptBatch(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            assertThat(error(client, topic, Batches.corrupted(of("a"))))
                    .isEqualTo(Errors.CORRUPT_MESSAGE);
            assertThat(FetchCalls.endOffset(client, topic)).isZero();
        }
    }

    @ContractTest
    @DisplayName("39: more than one batch for a partition is an invalid record")
    void contract039TwoBatches(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            assertThat(error(client, topic, Batches.joined(of("a"), of("b"))))
                    .isEqualTo(Errors.INVALID_RECORD);
            assertThat(FetchCalls.endOffset(client, topic)).isZero();
        }
    }

    @ContractTest
    @DisplayName("40: a timestamp too far ahead is invalid, and the record is named")
    void contract040TimestampTooFarAhead(Subject subject) {
        Topic topic = subject.newTopic();
        long twoHoursAhead = System.currentTimeMillis() + 7_200_000;
        try (var client = subject.connect()) {
            PartitionProduceResponse answer =
                    send(client, topic, Batches.at(twoHoursAhead, "a", "b"));

            assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.INVALID_TIMESTAMP);
            assertThat(answer.baseOffset()).isEqualTo(-1);
            assertThat(answer.errorMessage()).isNotBlank();
            assertThat(answer.recordErrors())
                    .extracting(it -> it.batchIndex())
                    .containsExactly(0, 1);
            assertThat(answer.recordErrors())
                    .allSatisfy(error -> assertThat(error.batchIndexErrorMessage()).isNotBlank());
            assertThat(FetchCalls.endOffset(client, topic)).isZero();
        }
    }

    @ContractTest
    @DisplayName("41: the leader writes its own epoch over the one in the batch")
    void contract041LeaderEpochIsOverwritten(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            int epoch =
                    TopicCalls.metadata(client, topic.name()).partitions().getFirst().leaderEpoch();
            for (int claimed : new int[] {0, 77, -9}) {
                var records =
                        patched(
                                of("a"),
                                bytes -> bytes.putInt(Batches.LEADER_EPOCH_POSITION, claimed));
                assertThat(error(client, topic, records)).isEqualTo(Errors.NONE);
            }
            assertThat(batches(client, topic))
                    .hasSize(3)
                    .allMatch(batch -> batch.partitionLeaderEpoch() == epoch);
        }
    }

    @ContractTest
    @DisplayName("42: success names the base offset, the log start, and a time only if appended by")
    void contract042AnswerOfASuccess(Subject subject) {
        Topic byClient = subject.newTopic();
        Topic byBroker = subject.newTopic(Map.of("message.timestamp.type", "LogAppendTime"));
        try (var client = subject.connect()) {
            assertSuccess(send(client, byClient, of("a", "b")), 0);
            assertSuccess(send(client, byClient, of("c")), 2);

            PartitionProduceResponse timed = send(client, byBroker, Batches.at(5, "a"));
            assertThat(timed.logAppendTimeMs()).isGreaterThan(5);
            assertThat(batches(client, byBroker).getFirst().maxTimestamp())
                    .isEqualTo(timed.logAppendTimeMs());

            long producer = IdempotenceContractEndToEnd.newProducerId(client);
            long sent = System.currentTimeMillis() - 1_000;
            MemoryRecords batch = Batches.idempotentAt(sent, producer, 0, 0);
            assertThat(send(client, byClient, batch).logAppendTimeMs()).isEqualTo(-1);
            assertThat(send(client, byClient, batch).logAppendTimeMs()).isEqualTo(sent);
        }
    }

    @ContractTest
    @DisplayName("43: control batches and old formats from clients are refused")
    void contract043ControlBatchesAndOldFormats(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            MemoryRecords control =
                    patched(of("a"), bytes -> bytes.putShort(Batches.ATTRIBUTES_POSITION, CONTROL));
            assertThat(error(client, topic, control)).isEqualTo(Errors.INVALID_RECORD);
            for (int magic = 0; magic <= 1; magic++) {
                assertThat(error(client, topic, Batches.ofMagic(magic, "old")))
                        .isEqualTo(Errors.INVALID_RECORD);
            }
            assertThat(FetchCalls.endOffset(client, topic)).isZero();
        }
    }

    @ContractTest
    @DisplayName("44: a topic's compression.type recompresses; zstd needs Produce 7")
    void contract044Compression(Subject subject) {
        Topic asSent = subject.newTopic();
        Topic gzip = subject.newTopic(Map.of("compression.type", "gzip"));
        Topic plain = subject.newTopic(Map.of("compression.type", "uncompressed"));
        var zstd = Compression.zstd().build();
        try (var client = subject.connect()) {
            assertThat(error(client, asSent, of(Compression.lz4().build(), "a", "b")))
                    .isEqualTo(Errors.NONE);
            assertThat(error(client, gzip, of(Compression.lz4().build(), "a", "b")))
                    .isEqualTo(Errors.NONE);
            assertThat(error(client, plain, of(zstd, "a", "b"))).isEqualTo(Errors.NONE);

            assertThat(compression(client, asSent)).isEqualTo(CompressionType.LZ4);
            assertThat(compression(client, gzip)).isEqualTo(CompressionType.GZIP);
            assertThat(compression(client, plain)).isEqualTo(CompressionType.NONE);
            for (Topic topic : List.of(asSent, gzip, plain)) {
                assertThat(FetchCalls.values(client, topic, 0, 0)).containsExactly("a", "b");
            }
            var tooOld = send(client, produce(asSent, 0, ALL, of(zstd, "c")), 6);
            assertThat(Errors.forCode(tooOld.errorCode()))
                    .isEqualTo(Errors.UNSUPPORTED_COMPRESSION_TYPE);
            var newEnough = send(client, produce(asSent, 0, ALL, of(zstd, "c")), 7);
            assertThat(newEnough.errorCode()).isEqualTo(Errors.NONE.code());
        }
    }

    @ContractTest
    @DisplayName("45: a compacted topic refuses a record without a key")
    void contract045CompactedTopicNeedsKeys(Subject subject) {
        Topic topic = subject.newTopic(Map.of("cleanup.policy", "compact"));
        try (var client = subject.connect()) {
            PartitionProduceResponse answer = send(client, topic, Batches.withoutKey("a"));

            assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.INVALID_RECORD);
            assertThat(answer.recordErrors())
                    .singleElement()
                    .satisfies(error -> {
                        assertThat(error.batchIndex()).isZero();
                        assertThat(error.batchIndexErrorMessage()).isNotBlank();
                    });
            assertThat(error(client, topic, of("with key"))).isEqualTo(Errors.NONE);
        }
    }

    @ContractTest
    @DisplayName("46: offsets in a batch are contiguous; its last delta must fit its count")
    void contract046OffsetsInsideABatch(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            for (int delta : new int[] {0, 5, -1}) {
                var records =
                        patched(
                                of("a", "b"),
                                bytes -> bytes.putInt(Batches.LAST_OFFSET_DELTA_POSITION, delta));
                assertThat(error(client, topic, records)).isEqualTo(Errors.INVALID_RECORD);
            }
            assertThat(FetchCalls.endOffset(client, topic)).isZero();

            assertSuccess(send(client, topic, of("a", "b", "c")), 0);
            assertSuccess(send(client, topic, of("d")), 3);
        }
    }

    @ContractTest
    @DisplayName("every version of Produce that is served appends")
    void everyVersionAppends(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            for (int version = 3; version <= BY_ID; version++) {
                var answer = send(client, produce(topic, 0, ALL, of("v" + version)), version);
                assertThat(answer.errorCode()).as("%s", version).isEqualTo(Errors.NONE.code());
                assertThat(answer.baseOffset()).isEqualTo(version - 3);
            }
        }
    }

    private static void assertUnknown(PartitionProduceResponse answer, Errors expected) {
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(expected);
        assertThat(answer.baseOffset()).isEqualTo(-1);
        assertThat(answer.currentLeader().leaderId()).isEqualTo(-1);
        assertThat(answer.currentLeader().leaderEpoch()).isEqualTo(-1);
    }

    private static void assertSuccess(PartitionProduceResponse answer, long baseOffset) {
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
        assertThat(answer.baseOffset()).isEqualTo(baseOffset);
        assertThat(answer.logStartOffset()).isZero();
        assertThat(answer.logAppendTimeMs()).isEqualTo(-1);
        assertThat(answer.recordErrors()).isEmpty();
        assertThat(answer.errorMessage()).isNull();
    }

    private static List<MutableRecordBatch> batches(RawClient client, Topic topic) {
        return FetchCalls.batches(FetchCalls.fetchOne(client, topic, FetchCalls.from(0, 0)));
    }

    private static CompressionType compression(RawClient client, Topic topic) {
        return batches(client, topic).getFirst().compressionType();
    }
}
