package io.tombolo.contract;

import static io.tombolo.contract.FetchCalls.EARLIEST;
import static io.tombolo.contract.FetchCalls.LATEST;
import static io.tombolo.contract.FetchCalls.at;
import static io.tombolo.contract.FetchCalls.listOffsets;
import static io.tombolo.contract.FetchCalls.offsetAt;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayName;

import java.util.List;

/** Contracts 81 to 84: offsets by time and by leader epoch. */
class ListOffsetsContractEndToEnd {

    private static final int NEWEST = 11;
    private static final long MAX_TIMESTAMP = -3;
    private static final long EARLIEST_LOCAL = -4;
    private static final long LATEST_TIERED = -5;
    private static final long EARLIEST_PENDING_UPLOAD = -6;

    @ContractTest
    @DisplayName("81: every special timestamp from its version on, unsupported before")
    void contract081SpecialTimestamps(Subject subject) {
        Topic topic = timed(subject, 100, 300, 200);
        try (var client = subject.connect()) {
            assertAt(client, topic, LATEST, NEWEST, 3, -1);
            assertAt(client, topic, EARLIEST, NEWEST, 0, -1);
            assertAt(client, topic, MAX_TIMESTAMP, NEWEST, 1, 300);
            assertAt(client, topic, EARLIEST_LOCAL, NEWEST, 0, -1);
            assertAt(client, topic, LATEST_TIERED, NEWEST, -1, -1);
            assertAt(client, topic, EARLIEST_PENDING_UPLOAD, NEWEST, -1, -1);

            assertUnsupported(client, topic, MAX_TIMESTAMP, 6);
            assertUnsupported(client, topic, EARLIEST_LOCAL, 7);
            assertUnsupported(client, topic, LATEST_TIERED, 8);
            assertUnsupported(client, topic, EARLIEST_PENDING_UPLOAD, 10);
            assertUnsupported(client, topic, -7, NEWEST);
            for (int version = 1; version <= NEWEST; version++) {
                assertAt(client, topic, LATEST, version, 3, -1);
            }
        }
    }

    @ContractTest
    @DisplayName("82: a time finds the first record at or after it, never one before the log start")
    void contract082Timestamps(Subject subject) {
        Topic topic = timed(subject, 100, 200, 200, 300);
        try (var client = subject.connect()) {
            assertAt(client, topic, 0, NEWEST, 0, 100);
            assertAt(client, topic, 100, NEWEST, 0, 100);
            assertAt(client, topic, 101, NEWEST, 1, 200);
            assertAt(client, topic, 200, NEWEST, 1, 200);
            assertAt(client, topic, 300, NEWEST, 3, 300);

            ListOffsetsPartitionResponse none = offsetAt(client, topic.name(), 0, 301, NEWEST);
            assertThat(Errors.forCode(none.errorCode())).isEqualTo(Errors.NONE);
            assertThat(none.offset()).isEqualTo(-1);
            assertThat(none.timestamp()).isEqualTo(-1);
            assertThat(none.leaderEpoch()).isEqualTo(-1);

            TopicContractEndToEnd.deleteRecords(client, topic, 2);
            assertAt(client, topic, 0, NEWEST, 2, 200);
            assertAt(client, topic, EARLIEST, NEWEST, 2, -1);
        }
    }

    @ContractTest
    @DisplayName("83: the epoch is that of the record found; a partition named twice is invalid")
    void contract083LeaderEpochAndDuplicates(Subject subject) {
        Topic topic = timed(subject, 100);
        try (var client = subject.connect()) {
            int epoch =
                    TopicCalls.metadata(client, topic.name()).partitions().getFirst().leaderEpoch();
            assertThat(offsetAt(client, topic.name(), 0, 100, NEWEST).leaderEpoch())
                    .isEqualTo(epoch);
            assertThat(offsetAt(client, topic.name(), 0, LATEST, NEWEST).leaderEpoch())
                    .isEqualTo(epoch);

            var twice = listOffsets(topic.name(), at(0, LATEST), at(0, EARLIEST));
            ListOffsetsResponseData answer = client.call(twice, NEWEST);
            assertThat(answer.topics().getFirst().partitions())
                    .isNotEmpty()
                    .allMatch(it -> it.errorCode() == Errors.INVALID_REQUEST.code());
        }
    }

    @ContractTest
    @DisplayName("84: OffsetForLeaderEpoch knows the end of an epoch, and of no future one")
    void contract084OffsetForLeaderEpoch(Subject subject) {
        Topic topic = timed(subject, 100, 200);
        try (var client = subject.connect()) {
            int epoch =
                    TopicCalls.metadata(client, topic.name()).partitions().getFirst().leaderEpoch();

            EpochEndOffset known = endOfEpoch(client, topic, -1, epoch, -1);
            assertThat(Errors.forCode(known.errorCode())).isEqualTo(Errors.NONE);
            assertThat(known.endOffset()).isEqualTo(2);
            assertThat(known.leaderEpoch()).isEqualTo(epoch);

            EpochEndOffset future = endOfEpoch(client, topic, -1, epoch + 7, -1);
            assertThat(Errors.forCode(future.errorCode())).isEqualTo(Errors.NONE);
            assertThat(future.endOffset()).isEqualTo(-1);
            assertThat(future.leaderEpoch()).isEqualTo(-1);

            EpochEndOffset debugging = endOfEpoch(client, topic, -2, epoch, -1);
            assertThat(debugging.endOffset()).isEqualTo(2);

            EpochEndOffset newer = endOfEpoch(client, topic, -1, epoch, epoch + 1);
            assertThat(Errors.forCode(newer.errorCode())).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
        }
    }

    @ContractTest
    @DisplayName("ListOffsets checks the topic, the partition and the leader epoch")
    void unknownPartitionsAndEpochsAreNamed(Subject subject) {
        Topic topic = timed(subject, 100);
        try (var client = subject.connect()) {
            assertThat(FetchCalls.endOffsetError(client, "nowhere", 0))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(FetchCalls.endOffsetError(client, topic.name(), 5))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            int epoch =
                    TopicCalls.metadata(client, topic.name()).partitions().getFirst().leaderEpoch();
            var request = listOffsets(topic.name(), at(0, LATEST).setCurrentLeaderEpoch(epoch + 1));
            ListOffsetsResponseData answer = client.call(request, NEWEST);
            var only = answer.topics().getFirst().partitions().getFirst();
            assertThat(Errors.forCode(only.errorCode())).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
        }
    }

    private static Topic timed(Subject subject, long... timestamps) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            for (long timestamp : timestamps) {
                var error = ProduceCalls.error(client, topic, Batches.at(timestamp, "at"));
                assertThat(error).isEqualTo(Errors.NONE);
            }
        }
        return topic;
    }

    private static void assertAt(
            RawClient client, Topic topic, long asked, int version, long offset, long timestamp) {
        ListOffsetsPartitionResponse answer = offsetAt(client, topic.name(), 0, asked, version);
        String question = "%d in version %d".formatted(asked, version);
        assertThat(Errors.forCode(answer.errorCode())).as(question).isEqualTo(Errors.NONE);
        assertThat(answer.offset()).as(question).isEqualTo(offset);
        assertThat(answer.timestamp()).as(question).isEqualTo(timestamp);
    }

    private static void assertUnsupported(RawClient client, Topic topic, long asked, int version) {
        ListOffsetsPartitionResponse answer = offsetAt(client, topic.name(), 0, asked, version);
        assertThat(Errors.forCode(answer.errorCode()))
                .as("%d in version %d", asked, version)
                .isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(answer.offset()).isEqualTo(-1);
    }

    private static EpochEndOffset endOfEpoch(
            RawClient client, Topic topic, int replica, int epoch, int currentEpoch) {
        var wanted = new OffsetForLeaderTopic().setTopic(topic.name());
        wanted.setPartitions(
                List.of(
                        new OffsetForLeaderPartition()
                                .setPartition(0)
                                .setLeaderEpoch(epoch)
                                .setCurrentLeaderEpoch(currentEpoch)));
        var request = new OffsetForLeaderEpochRequestData().setReplicaId(replica);
        request.topics().add(wanted);
        OffsetForLeaderEpochResponseData answer = client.call(request, 4);
        return answer.topics().iterator().next().partitions().getFirst();
    }
}
