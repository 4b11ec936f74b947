package io.tombolo.broker.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.ReplicaCommand.AlterPartitions;
import io.tombolo.controller.command.ReplicaCommand.PartitionState;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.replication.leader.IsrProposals.Member;
import io.tombolo.replication.leader.IsrProposals.Outcome;
import io.tombolo.replication.leader.IsrProposals.Proposal;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What leaders propose on its way to a controller whose answers the test gives. */
class IsrQueueTest {

    private static final Uuid TOPIC = new Uuid(1, 2);
    private static final int SELF = 1;

    private final ManualLoop controllerLoop = new ManualLoop();
    private final ManualLoop partitionLoop = new ManualLoop();
    private final List<Asked> asked = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private long brokerEpoch = 70;

    private final IsrQueue queue =
            new IsrQueue(
                    new IsrQueue.Place(SELF, () -> brokerEpoch, controllerLoop, _ -> partitionLoop),
                    this::ask);

    @Test
    void whatIsProposedWhileARequestIsUnderWayGoesTogetherInTheNextOne() {
        propose(0, 5);
        propose(1, 5);
        propose(2, 5);
        run();
        assertThat(asked).hasSize(1);
        brokerEpoch = 71;

        asked.getFirst().accept();
        run();

        assertThat(asked).hasSize(2);
        assertThat(asked.getFirst().partitions()).containsExactly(0);
        assertThat(asked.getLast().partitions()).containsExactly(1, 2);
        assertThat(asked.getLast().command().brokerEpoch()).isEqualTo(71);
        assertThat(outcomes).containsExactly(new Outcome.Accepted(3, 6, BrokerIds.of(SELF, 2)));
    }

    @Test
    void proposalsOfOnePartitionAreSentInTheirOrderAndNeverTogether() {
        propose(9, 5);
        propose(0, 5);
        propose(1, 5);
        propose(0, 6);
        propose(2, 5);
        run();

        asked.getFirst().accept();
        run();

        assertThat(asked.get(1).partitions()).containsExactly(0, 1);
        asked.get(1).accept();
        run();
        assertThat(asked.get(2).partitions()).containsExactly(0, 2);
        assertThat(asked.get(2).command().partitions().getFirst().partitionEpoch()).isEqualTo(6);
    }

    @Test
    void everyProposalSaysThatItsLeaderHasRecovered() {
        propose(0, 5);
        run();

        assertThat(asked.getFirst().command().partitions().getFirst().leaderRecovery())
                .isEqualTo(LeaderRecovery.RECOVERED);
    }

    @Test
    void theAnswerComesOnTheLoopOfThePartition() {
        propose(0, 5);
        run();

        asked.getFirst().accept();
        controllerLoop.run();

        assertThat(outcomes).isEmpty();
        partitionLoop.run();
        assertThat(outcomes).hasSize(1);
    }

    @Test
    void whenSomebodyElseLeadsAfterwardsTheLeaderIsFenced() {
        propose(0, 5);
        run();

        asked.getFirst().accept(2);
        run();

        assertThat(outcomes).containsExactly(new Outcome.Fenced());
    }

    @ParameterizedTest
    @CsvSource({
        "FENCED_LEADER_EPOCH, Fenced",
        "NEW_LEADER_ELECTED, Fenced",
        "INVALID_UPDATE_VERSION, StalePartitionEpoch",
        "UNKNOWN_TOPIC_ID, StalePartitionEpoch",
        "UNKNOWN_TOPIC_OR_PARTITION, StalePartitionEpoch",
        "INELIGIBLE_REPLICA, InvalidUpdate",
        "INVALID_REQUEST, InvalidUpdate",
        "NOT_CONTROLLER, Unavailable",
        "UNKNOWN_SERVER_ERROR, Unavailable"
    })
    void anErrorOfAPartitionIsToldAsWhatItMeansForTheLeader(Errors error, String outcome) {
        propose(0, 5);
        run();

        asked.getFirst().refuse(0, error);
        run();

        assertThat(outcomes)
                .extracting(told -> told.getClass().getSimpleName())
                .containsExactly(outcome);
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_CONTROLLER, Unavailable",
        "THROTTLING_QUOTA_EXCEEDED, Unavailable",
        "STALE_BROKER_EPOCH, InvalidUpdate"
    })
    void anErrorOfTheWholeRequestIsToldToEverybodyInIt(Errors error, String outcome) {
        propose(9, 5);
        propose(0, 5);
        propose(1, 5);
        run();
        asked.getFirst().accept();
        run();
        outcomes.clear();

        asked.getLast().refuseAll(error);
        run();

        assertThat(outcomes)
                .extracting(told -> told.getClass().getSimpleName())
                .containsExactly(outcome, outcome);
    }

    @Test
    void aPartitionThatIsNotInTheAnswerIsUnavailable() {
        propose(0, 5);
        run();

        asked.getFirst().answered().accept(new Answer.Done<>(Map.of()));
        run();

        assertThat(outcomes).containsExactly(new Outcome.Unavailable());
    }

    @Test
    void aFullQueueRefusesAtOnceAndARequestIsNeverLargerThanItsBound() {
        for (int index = 0; index <= IsrQueue.WAITING_MAX + 1; index++) {
            propose(index, 5);
        }

        run(); // the first one is under way and does not wait

        assertThat(outcomes).containsExactly(new Outcome.Unavailable());
        asked.getFirst().accept();
        run();
        assertThat(asked.getLast().partitions()).hasSize(IsrQueue.REQUEST_MAX);
    }

    private void propose(int index, int partitionEpoch) {
        var members = List.of(new Member(SELF, 70), new Member(2, 80));
        queue.propose(
                new TopicIdPartition(TOPIC, index, "orders"),
                new Proposal(3, partitionEpoch, members),
                outcomes::add);
    }

    private void run() {
        controllerLoop.run();
        partitionLoop.run();
    }

    @SuppressWarnings("unchecked") // what is asked here is always an AlterPartitions
    private <A> void ask(Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
        assertThat(replyTo).isSameAs(controllerLoop);
        asked.add(
                new Asked(
                        (AlterPartitions) command,
                        answer -> answered.accept((Answer<A>) (Answer<?>) answer)));
    }

    /** A request that reached the controller. */
    private record Asked(
            AlterPartitions command,
            Consumer<Answer<Map<PartitionId, Answer<PartitionState>>>> answered) {

        List<Integer> partitions() {
            return command.partitions().stream().map(one -> one.partition().index()).toList();
        }

        void accept() {
            accept(SELF);
        }

        void accept(int leader) {
            var states = new LinkedHashMap<PartitionId, Answer<PartitionState>>();
            for (var one : command.partitions()) {
                var isr = BrokerIds.of(SELF, 2);
                int epoch = one.partitionEpoch() + 1;
                var state = new PartitionState(leader, 3, isr, LeaderRecovery.RECOVERED, epoch);
                states.put(one.partition(), new Answer.Done<>(state));
            }
            answered.accept(new Answer.Done<>(states));
        }

        void refuse(int index, Errors error) {
            answered.accept(
                    new Answer.Done<>(
                            Map.of(
                                    new PartitionId(TOPIC, index),
                                    new Refusal(error, "no").answer())));
        }

        void refuseAll(Errors error) {
            answered.accept(new Refusal(error, "no").answer());
        }
    }
}
