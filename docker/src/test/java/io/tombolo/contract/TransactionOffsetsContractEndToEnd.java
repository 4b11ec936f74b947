package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayName;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Contracts 60, 66 and 67: exhausted epochs, and positions that are committed in transactions. */
class TransactionOffsetsContractEndToEnd {

    /** The first version in which the coordinator of the group tells that of the transaction. */
    private static final int IMPLICIT = 5;

    private static final int STABLE_FETCH = 8;

    /** The last epoch that a client gets, and how many questions are sent ahead of answers. */
    private static final int EPOCH_MAX = Short.MAX_VALUE - 1;

    private static final int AHEAD = 500;

    /** What passes while coordinators begin, or while a transaction ends. */
    private static final Set<Errors> PASSING =
            Set.of(
                    Errors.COORDINATOR_LOAD_IN_PROGRESS,
                    Errors.COORDINATOR_NOT_AVAILABLE,
                    Errors.NOT_COORDINATOR,
                    Errors.CONCURRENT_TRANSACTIONS);

    @ContractTest
    @DisplayName("60: a producer that has used up its epochs goes on under another id")
    void contract060ExhaustedEpochs(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            var producer = TransactionCalls.begin(client);
            useUpEpochs(producer);
            long exhausted = producer.producerId;
            assertThat(producer.produce(topic)).isEqualTo(Errors.NONE);

            assertThat(producer.end(true)).isEqualTo(Errors.NONE);

            assertThat(producer.producerId).isNotEqualTo(exhausted);
            assertThat(producer.epoch).isZero();
            producer.awaitState("CompleteCommit");
            assertThat(producer.describe().producerId()).isEqualTo(producer.producerId);
            assertThat(producer.produce(topic)).isEqualTo(Errors.NONE);
            assertThat(producer.end(true)).isEqualTo(Errors.NONE);
            assertThat(producer.epoch).isEqualTo((short) 1);
        }
    }

    /** Each life of a transactional id has the next epoch. */
    private static void useUpEpochs(TransactionCalls producer) {
        int left = EPOCH_MAX - producer.epoch;
        var request =
                new InitProducerIdRequestData()
                        .setTransactionalId(producer.id)
                        .setTransactionTimeoutMs(60_000)
                        .setProducerId(-1)
                        .setProducerEpoch((short) -1);
        InitProducerIdResponseData last = null;
        for (int sent = 0, received = 0; received < left; received++) {
            for (; sent < left && sent - received < AHEAD; sent++) {
                producer.client.send(request, 5);
            }
            last = producer.client.receive();
        }
        if (last == null || last.errorCode() != 0 || last.producerEpoch() != EPOCH_MAX) {
            throw new AssertionError("after " + left + " lives: " + last);
        }
        producer.epoch = last.producerEpoch();
    }

    @ContractTest
    @DisplayName("66: a pending transactional commit makes its partition unstable until it ends")
    void contract066PendingCommits(Subject subject) {
        Topic topic = subject.newTopic(2, Map.of());
        String group = Subject.freshName("pending");
        try (var client = subject.connect()) {
            GroupCalls.coordinatorOf(client, group);
            var producer = TransactionCalls.begin(client);
            assertThat(commit(producer, request(group, topic, 0, 7))).isEqualTo(Errors.NONE);

            assertThat(stable(client, group, topic))
                    .extracting(one -> Errors.forCode(one.errorCode()))
                    .containsExactly(Errors.UNSTABLE_OFFSET_COMMIT, Errors.NONE);
            assertThat(GroupCalls.committedOffset(client, group, topic).committedOffset())
                    .isEqualTo(-1);

            assertThat(producer.end(true)).isEqualTo(Errors.NONE);
            awaitStable(client, group, topic);
            assertThat(GroupCalls.committedOffset(client, group, topic).committedOffset())
                    .isEqualTo(7);

            assertThat(commit(producer, request(group, topic, 0, 9))).isEqualTo(Errors.NONE);
            assertThat(producer.end(false)).isEqualTo(Errors.NONE);
            awaitStable(client, group, topic);
            assertThat(GroupCalls.committedOffset(client, group, topic).committedOffset())
                    .isEqualTo(7);
        }
    }

    private static void awaitStable(RawClient client, String group, Topic topic) {
        Eventually.eventually(
                group + " is stable",
                () -> stable(client, group, topic),
                found -> found.stream().allMatch(one -> one.errorCode() == 0));
    }

    private static List<OffsetFetchResponsePartitions> stable(
            RawClient client, String group, Topic topic) {
        var wanted =
                new OffsetFetchRequestTopics()
                        .setName(topic.name())
                        .setPartitionIndexes(List.of(0, 1));
        OffsetFetchResponseData answer =
                client.call(
                        new OffsetFetchRequestData()
                                .setRequireStable(true)
                                .setGroups(
                                        List.of(
                                                new OffsetFetchRequestGroup()
                                                        .setGroupId(group)
                                                        .setTopics(List.of(wanted)))),
                        STABLE_FETCH);
        return answer.groups().getFirst().topics().getFirst().partitions();
    }

    @ContractTest
    @DisplayName("67: who commits in a transaction is checked; a group need not exist for it")
    void contract067WhoCommits(Subject subject) {
        Topic topic = subject.newTopic();
        String group = Subject.freshName("members");
        try (var client = subject.connect()) {
            var producer = TransactionCalls.begin(client);
            assertThat(producer.addOffsets(Subject.freshName("nobody"))).isEqualTo(Errors.NONE);
            JoinGroupResponseData member = GroupCalls.stableAlone(client, group);
            var own =
                    request(group, topic, 0, 3)
                            .setMemberId(member.memberId())
                            .setGenerationIdOrMemberEpoch(member.generationId());

            assertThat(commit(producer, own)).isEqualTo(Errors.NONE);
            assertThat(commit(producer, own.duplicate().setGenerationIdOrMemberEpoch(99)))
                    .isEqualTo(Errors.ILLEGAL_GENERATION);
            assertThat(commit(producer, own.duplicate().setMemberId("stranger")))
                    .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
            assertThat(commit(producer, own.duplicate().setGroupInstanceId("stranger")))
                    .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
            assertThat(commit(producer, request(group, topic, 0, 4)))
                    .as("nobody in particular")
                    .isEqualTo(Errors.NONE);
            assertThat(errors(producer, request(group, topic, 0, 5, 9)))
                    .containsExactlyInAnyOrder(Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(producer.end(true)).isEqualTo(Errors.NONE);
        }
    }

    private static TxnOffsetCommitRequestData request(
            String group, Topic topic, int partition, long offset, int... more) {
        var wanted = new TxnOffsetCommitRequestTopic().setName(topic.name());
        wanted.partitions().add(position(partition, offset));
        for (int another : more) {
            wanted.partitions().add(position(another, offset));
        }
        return new TxnOffsetCommitRequestData().setGroupId(group).setTopics(List.of(wanted));
    }

    private static TxnOffsetCommitRequestPartition position(int partition, long offset) {
        return new TxnOffsetCommitRequestPartition()
                .setPartitionIndex(partition)
                .setCommittedOffset(offset);
    }

    private static Errors commit(TransactionCalls producer, TxnOffsetCommitRequestData request) {
        return errors(producer, request).getFirst();
    }

    private static List<Errors> errors(
            TransactionCalls producer, TxnOffsetCommitRequestData request) {
        request.setTransactionalId(producer.id)
                .setProducerId(producer.producerId)
                .setProducerEpoch(producer.epoch);
        return Eventually.eventually(
                "positions are judged",
                () -> {
                    TxnOffsetCommitResponseData answer = producer.client.call(request, IMPLICIT);
                    return answer.topics().getFirst().partitions().stream()
                            .map(TxnOffsetCommitResponsePartition::errorCode)
                            .map(Errors::forCode)
                            .toList();
                },
                found -> found.stream().noneMatch(PASSING::contains));
    }
}
