package io.tombolo.contract;

import static io.tombolo.contract.Batches.idempotent;
import static io.tombolo.contract.FetchCalls.from;
import static io.tombolo.contract.GroupCalls.commit;
import static io.tombolo.contract.GroupCalls.committed;
import static io.tombolo.contract.GroupCalls.heartbeat;
import static io.tombolo.contract.GroupCalls.join;
import static io.tombolo.contract.ProduceCalls.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Contracts 52, 78, 91 and 106, and those of 73, 83 and 84 that need an old leader epoch: each
 * broker is killed once without warning and started again; what was acknowledged before must hold.
 */
@ExtendWith(BothSubjects.class)
class RestartContractEndToEnd {

    private static final Map<Subject, Before> BEFORE = new HashMap<>();

    @BeforeAll
    static void killAndRestart(Subjects.Running running) {
        for (Subject subject : running.subjects()) {
            BEFORE.put(subject, prepare(subject));
        }
        running.subjects().forEach(Subject::crash);
        running.subjects().forEach(RestartContractEndToEnd::awaitServed);
    }

    /** Apache Kafka names itself as a leader a little before it answers as one. */
    private static void awaitServed(Subject subject) {
        Before before = before(subject);
        try (var client = subject.connect()) {
            for (Topic topic : List.of(before.topic, before.sequenced)) {
                Eventually.eventually(
                        subject + " leads " + topic.name(),
                        () -> FetchCalls.endOffsetError(client, topic.name(), 0),
                        Errors.NONE::equals);
            }
        }
    }

    @ContractTest
    @DisplayName("52: what is known of a producer survives a crash")
    void contract052ProducerStateSurvives(Subject subject) {
        Before before = before(subject);
        try (var client = subject.connect()) {
            var repeated =
                    ProduceCalls.send(
                            client, before.sequenced, idempotent(before.producer, 0, 2, 2));
            assertThat(Errors.forCode(repeated.errorCode())).isEqualTo(Errors.NONE);
            assertThat(repeated.baseOffset()).isEqualTo(2);
            assertThat(error(client, before.sequenced, idempotent(before.producer, 0, 9, 1)))
                    .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
            assertThat(error(client, before.sequenced, idempotent(before.producer, 0, 4, 1)))
                    .isEqualTo(Errors.NONE);
            assertThat(FetchCalls.endOffset(client, before.sequenced)).isEqualTo(5);
        }
    }

    @ContractTest
    @DisplayName("54: a producer id is not given out again after a crash")
    void producerIdsStayUnique(Subject subject) {
        try (var client = subject.connect()) {
            assertThat(IdempotenceContractEndToEnd.newProducerId(client))
                    .isGreaterThan(before(subject).producer);
        }
    }

    @ContractTest
    @DisplayName("73: an older leader epoch is fenced")
    void olderLeaderEpochsAreFenced(Subject subject) {
        Before before = before(subject);
        try (var client = subject.connect()) {
            int now = epoch(client, before.topic);
            assertThat(now).isGreaterThanOrEqualTo(before.leaderEpoch);
            for (int old = 0; old < now; old++) {
                PartitionData answer =
                        FetchCalls.fetchOne(
                                client, before.topic, from(0, 0).setCurrentLeaderEpoch(old));
                assertThat(Errors.forCode(answer.errorCode()))
                        .isEqualTo(Errors.FENCED_LEADER_EPOCH);
            }
        }
    }

    @ContractTest
    @DisplayName("78: a session from before the restart is not found")
    void sessionsEndWithTheProcess(Subject subject) {
        Before before = before(subject);
        try (var client = subject.connect()) {
            FetchResponseData answer =
                    client.call(
                            FetchSessionContractEndToEnd.inSession(before.session, 1),
                            FetchCalls.BY_ID);
            assertThat(Errors.forCode(answer.errorCode()))
                    .isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
            assertThat(answer.sessionId()).isZero();
        }
    }

    @ContractTest
    @DisplayName("83: ListOffsets keeps the leader epoch of a record appended under an older one")
    void oldRecordsKeepTheirEpoch(Subject subject) {
        Before before = before(subject);
        try (var client = subject.connect()) {
            assertThat(FetchCalls.offsetAt(client, before.topic.name(), 0, 0, 8).leaderEpoch())
                    .isEqualTo(before.leaderEpoch);
            PartitionData read = FetchCalls.fetchOne(client, before.topic, from(0, 0));
            assertThat(FetchCalls.batches(read).getFirst().partitionLeaderEpoch())
                    .isEqualTo(before.leaderEpoch);
        }
    }

    @ContractTest
    @DisplayName("91: a rebalance cut short by a crash leaves the last settled generation")
    void contract091RebalanceCutShort(Subject subject) {
        Before before = before(subject);
        try (var client = subject.connect()) {
            GroupCalls.coordinatorOf(client, before.group);

            var group = GroupContractEndToEnd.describe(client, before.group, 6);
            assertThat(group.groupState()).isEqualTo("Stable");
            assertThat(group.members())
                    .singleElement()
                    .satisfies(member -> {
                        assertThat(member.memberId()).isEqualTo(before.settledMember);
                        assertThat(new String(member.memberAssignment())).isEqualTo("all");
                    });
            assertThat(heartbeat(client, before.group, before.settledMember, 1))
                    .isEqualTo(Errors.NONE);
            JoinGroupResponseData cutShort =
                    client.call(join(before.group, before.joiningMember, "range"), 9);
            assertThat(Errors.forCode(cutShort.errorCode())).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }
    }

    @ContractTest
    @DisplayName("106: after a crash the log is checked and everything acknowledged is there")
    void contract106AcknowledgedRecordsAreThere(Subject subject) {
        Before before = before(subject);
        try (var client = subject.connect()) {
            assertThat(FetchCalls.values(client, before.topic, 0, 1)).containsExactly("b", "c");
            // Kafka writes its log starts down once a minute, so that deleted records may return.
            assertThat(FetchCalls.startOffset(client, before.topic)).isBetween(0L, 1L);
            assertThat(FetchCalls.endOffset(client, before.topic)).isEqualTo(3);
            GroupCalls.coordinatorOf(client, before.committer);
            assertThat(
                            GroupCalls.committedOffset(client, before.committer, before.topic)
                                    .committedOffset())
                    .isEqualTo(2);
            assertThat(TopicCalls.metadata(client, before.topic.name()).topicId())
                    .isEqualTo(before.topic.id());
        }
    }

    private static Before prepare(Subject subject) {
        Topic topic = subject.newTopic();
        Topic sequenced = subject.newTopic();
        String group = Subject.freshName("cut");
        String committer = Subject.freshName("committer");
        try (var client = subject.connect();
                var joining = subject.connect()) {
            ProduceCalls.append(client, topic, "a", "b", "c");
            TopicContractEndToEnd.deleteRecords(client, topic, 1);
            long producer = IdempotenceContractEndToEnd.newProducerId(client);
            error(client, sequenced, idempotent(producer, 0, 0, 2));
            error(client, sequenced, idempotent(producer, 0, 2, 2));
            int session = FetchSessionContractEndToEnd.newSession(client, topic);
            GroupCalls.coordinatorOf(client, committer);
            GroupCalls.commitError(client, commit(committer, topic, committed(0, 2)), 9);
            JoinGroupResponseData settled = GroupCalls.stableAlone(client, group);
            String joiner = GroupContractEndToEnd.helloId(joining, group);
            joining.send(join(group, joiner, "range"), 9);
            GroupContractEndToEnd.awaitMembers(subject, group, 2);
            return new Before(
                    topic,
                    sequenced,
                    producer,
                    epoch(client, topic),
                    session,
                    group,
                    settled.memberId(),
                    joiner,
                    committer);
        }
    }

    private static int epoch(RawClient client, Topic topic) {
        return TopicCalls.metadata(client, topic.name()).partitions().getFirst().leaderEpoch();
    }

    private static Before before(Subject subject) {
        return BEFORE.get(subject);
    }

    /** What was done and learnt before the crash. */
    private record Before(
            Topic topic,
            Topic sequenced,
            long producer,
            int leaderEpoch,
            int session,
            String group,
            String settledMember,
            String joiningMember,
            String committer) {}
}
