package io.tombolo.controller.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.replica.PartitionTransition.Outcome;
import io.tombolo.metadata.image.BrokersImage;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.BrokerRegistration.PreviousStop;
import io.tombolo.metadata.record.BrokerRegistration.Standing;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.ReplicaStanding;
import io.tombolo.metadata.record.ReplicaStanding.Eligible;
import io.tombolo.metadata.record.ReplicaStanding.Moving;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.util.List;

/** The table of {@link PartitionTransition}, line by line where no command reaches it easily. */
class PartitionTransitionTest {

    private static final PartitionId ID = new PartitionId(new Uuid(1, 1), 0);
    private static final SafetyRules TWO = new SafetyRules(2, false);

    @Test
    void whoWasEligibleUnderAHigherMinimumIsNotElectedUnderALowerOne() {
        PartitionRegistration partition =
                partition(
                        BrokerIds.of(1),
                        1,
                        new Eligible(
                                BrokerIds.of(2), BrokerIds.NONE, settled(), -1, BrokerIds.NONE));

        Outcome outcome =
                transition(partition, fenced(1), new SafetyRules(1, false))
                        .leaves(1)
                        .finish()
                        .orElseThrow();

        assertThat(outcome.partition().hasLeader()).isFalse();
        assertThat(outcome.partition().elr()).isEqualTo(BrokerIds.NONE);
        assertThat(
                        transition(partition, fenced(1), TWO)
                                .leaves(1)
                                .finish()
                                .orElseThrow()
                                .partition()
                                .leader())
                .isEqualTo(2);
    }

    @Test
    void theLastLeaderIsChosenOnlyWhenNobodyIsInSyncOrEligible() {
        PartitionRegistration nobody =
                partition(
                        BrokerIds.NONE,
                        -1,
                        new Eligible(
                                BrokerIds.NONE, BrokerIds.of(3), settled(), -1, BrokerIds.NONE));
        PartitionRegistration someone =
                partition(
                        BrokerIds.NONE,
                        -1,
                        new Eligible(
                                BrokerIds.of(2), BrokerIds.of(3), settled(), -1, BrokerIds.NONE));

        PartitionRegistration elected =
                transition(nobody, fenced(), TWO).finish().orElseThrow().partition();

        assertThat(elected.leader()).isEqualTo(3);
        assertThat(elected.isr()).isEqualTo(BrokerIds.of(3));
        assertThat(elected.leaderRecovery()).isEqualTo(LeaderRecovery.RECOVERING);
        assertThat(elected.uncleanEpoch()).isEqualTo(elected.leaderEpoch());
        assertThat(transition(someone, fenced(2), TWO).finish()).isEmpty();
    }

    @Test
    void anUncleanElectionTakesReplicasThatAreBeingAddedLast() {
        var partition =
                new PartitionRegistration(
                        BrokerIds.of(1, 2, 3),
                        BrokerIds.of(3),
                        3,
                        4,
                        5,
                        new ReplicaStanding(
                                List.of(),
                                Eligible.NONE,
                                new Moving(BrokerIds.of(1), BrokerIds.of(3))));
        var unclean = new SafetyRules(1, true);

        PartitionRegistration elected =
                transition(partition, fenced(3), unclean)
                        .leaves(3)
                        .finish()
                        .orElseThrow()
                        .partition();

        assertThat(elected.leader()).isEqualTo(2);
        assertThat(elected.leaderEpoch()).isEqualTo(5);
        assertThat(elected.removing()).isEqualTo(BrokerIds.of(3));
    }

    @Test
    void anUncleanElectionTakesReplicasThatBeganAnewLast() {
        var partition =
                partition(
                        BrokerIds.NONE,
                        -1,
                        new Eligible(
                                BrokerIds.NONE, BrokerIds.NONE, settled(), -1, BrokerIds.of(1)));
        var unclean = new SafetyRules(1, true);

        PartitionRegistration elected =
                transition(partition, fenced(), unclean).finish().orElseThrow().partition();
        PartitionRegistration anew =
                transition(partition, fenced(2, 3), unclean).finish().orElseThrow().partition();

        assertThat(elected.leader()).isEqualTo(2);
        assertThat(elected.begunAnew()).isEqualTo(BrokerIds.of(1));
        assertThat(anew.leader()).isEqualTo(1);
        assertThat(anew.begunAnew()).isEqualTo(BrokerIds.NONE);
    }

    @Test
    void aPartitionInGoodOrderStaysAsItIs() {
        PartitionRegistration partition = partition(BrokerIds.of(1, 2, 3), 1, Eligible.NONE);

        assertThat(transition(partition, fenced(), TWO).finish()).isEmpty();
    }

    private static LeaderRecovery settled() {
        return LeaderRecovery.RECOVERED;
    }

    private static PartitionTransition transition(
            PartitionRegistration partition, BrokersImage brokers, SafetyRules rules) {
        return new PartitionTransition(ID, partition, brokers, rules);
    }

    private static PartitionRegistration partition(BrokerIds isr, int leader, Eligible eligible) {
        return new PartitionRegistration(
                BrokerIds.of(1, 2, 3),
                isr,
                leader,
                4,
                5,
                new ReplicaStanding(List.of(), eligible, Moving.NONE));
    }

    /** Three brokers, these of them fenced. */
    private static BrokersImage fenced(Integer... fenced) {
        BrokersImage brokers = MetadataImage.EMPTY.brokers();
        for (int broker = 1; broker <= 3; broker++) {
            var standing =
                    new Standing(
                            List.of(fenced).contains(broker),
                            false,
                            List.of(),
                            PreviousStop.UNKNOWN);
            brokers =
                    brokers.with(
                            new BrokerRegistration(
                                    broker,
                                    new Uuid(broker, 1),
                                    broker,
                                    new BrokerRegistration.Endpoints(List.of(), ""),
                                    List.of(),
                                    standing));
        }
        return brokers;
    }
}
