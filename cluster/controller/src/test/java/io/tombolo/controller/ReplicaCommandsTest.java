package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.BrokerCommand.HeartbeatBroker;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.ConfigCommand.IncrementalAlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Origin;
import io.tombolo.controller.command.LinkCommand.RaiseLeaderEpochs;
import io.tombolo.controller.command.ReplicaCommand.AlterPartitions;
import io.tombolo.controller.command.ReplicaCommand.AssignReplicasToDirs;
import io.tombolo.controller.command.ReplicaCommand.Member;
import io.tombolo.controller.command.ReplicaCommand.PartitionState;
import io.tombolo.controller.command.ReplicaCommand.Proposal;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What leaders and replicas report: AlterPartition v3 and AssignReplicasToDirs. */
class ReplicaCommandsTest {

    private static final Uuid NO_TOPIC = new Uuid(9, 9);

    private Region region = new Region(0);
    private PartitionId id = new PartitionId(NO_TOPIC, 0);

    @BeforeEach
    void aTopicWithThreeReplicasOfWhichTwoMustBeInSync() {
        region = Region.withBrokers(1, 2, 3, 4);
        region.minInSync(2);
        id = new PartitionId(region.create("orders", 1, 3), 0);
    }

    @Test
    void aLeaderShrinksAndGrowsTheInSyncSet() {
        int leader = now().leader();
        int other = now().replicas().at(1);
        int third = now().replicas().at(2);

        PartitionState shrunk = done(propose(leader, other));

        assertThat(shrunk)
                .isEqualTo(
                        new PartitionState(
                                leader,
                                0,
                                BrokerIds.of(leader, other),
                                LeaderRecovery.RECOVERED,
                                1));
        assertThat(now().elr()).isEqualTo(BrokerIds.NONE);

        assertThat(done(propose(leader, other, third)).isr().size()).isEqualTo(3);
        assertThat(now().partitionEpoch()).isEqualTo(2);
    }

    @Test
    void theSameSetAgainChangesNothing() {
        int leader = now().leader();
        done(propose(leader, now().replicas().at(1)));

        PartitionState same = done(propose(leader, now().replicas().at(1)));

        assertThat(same.partitionEpoch()).isEqualTo(1);
        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void whoeverLeavesASetBelowTheMinimumIsEligibleUntilTheSetIsLargeEnough() {
        int leader = now().leader();
        int other = now().replicas().at(1);
        int third = now().replicas().at(2);
        done(propose(leader, other));

        done(propose(leader));
        assertThat(now().elr()).isEqualTo(BrokerIds.of(other));

        done(propose(leader, third));
        assertThat(now().elr()).isEqualTo(BrokerIds.NONE);
    }

    @Test
    void aLowerMinimumEmptiesTheEligibleSetBeforeItIsInForce() {
        done(propose(now().leader(), now().replicas().at(1)));
        done(propose(now().leader()));

        region.done(
                new IncrementalAlterConfigs(
                        List.of(
                                new Alteration(
                                        ConfigResource.topic("orders"),
                                        List.of(new Change.Set("min.insync.replicas", "1")))),
                        Origin.CLIENT,
                        false));

        assertThat(now().elr()).isEqualTo(BrokerIds.NONE);
        assertThat(region.lastRecords()).hasSize(2);
        assertThat(region.lastRecords().get(0)).isInstanceOf(PartitionChanged.class);
    }

    @Test
    void aSenderOfAnEarlierRegistrationIsRefused() {
        var stale = new AlterPartitions(1, region.epochOf(1) - 1, List.of());

        assertThat(region.refused(stale).error()).isEqualTo(Errors.STALE_BROKER_EPOCH);
    }

    @Test
    void staleAndForeignProposalsAreRefusedEachWithItsError() {
        int leader = now().leader();
        int other = now().replicas().at(1);
        List<Member> all = members(now().replicas().asList());
        var recovered = LeaderRecovery.RECOVERED;
        region.done(new RaiseLeaderEpochs(new TreeMap<>(Map.of(id, 5))));

        assertThat(error(leader, new Proposal(new PartitionId(NO_TOPIC, 0), 5, 1, all, recovered)))
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        assertThat(
                        error(
                                leader,
                                new Proposal(
                                        new PartitionId(id.topicId(), 7), 5, 1, all, recovered)))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(error(leader, new Proposal(id, 6, 1, all, recovered)))
                .isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(error(leader, new Proposal(id, 5, 2, all, recovered)))
                .isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(error(leader, new Proposal(id, 4, 1, all, recovered)))
                .isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(error(leader, new Proposal(id, 5, 0, all, recovered)))
                .isEqualTo(Errors.INVALID_UPDATE_VERSION);
        assertThat(error(other, new Proposal(id, 5, 1, all, recovered)))
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void aSetThatCannotBeIsRefused() {
        int leader = now().leader();
        int outsider = 10 - now().replicas().asList().stream().mapToInt(i -> i).sum();

        assertThat(error(propose(leader, outsider))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(propose(leader, leader))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(leader, proposal(members(List.of(now().replicas().at(1))))))
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(
                        error(
                                leader,
                                new Proposal(
                                        id,
                                        0,
                                        0,
                                        members(List.of(leader)),
                                        LeaderRecovery.RECOVERING)))
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void aFencedStoppingOrReplacedMemberIsIneligible() {
        int leader = now().leader();
        int other = now().replicas().at(1);
        int third = now().replicas().at(2);
        long old = region.epochOf(third);
        region.fence(other);

        assertThat(error(propose(leader, other))).isEqualTo(Errors.INELIGIBLE_REPLICA);

        region.register(third, new Uuid(5, 5));
        region.heartbeat(third);
        var stale = new Member(third, old);
        var sender = new Member(leader, region.epochOf(leader));
        assertThat(error(leader, proposal(List.of(sender, stale))))
                .isEqualTo(Errors.INELIGIBLE_REPLICA);

        region.create("another", 4, 1);
        region.done(new HeartbeatBroker(third, region.epochOf(third), 1_000, false, true));
        assertThat(region.image().brokers().broker(third).orElseThrow().shuttingDown()).isTrue();
        assertThat(error(propose(leader, third))).isEqualTo(Errors.INELIGIBLE_REPLICA);
    }

    @Test
    void aProposalThatWasRefusedForItsMembersIsNotAcceptedLater() {
        int leader = now().leader();
        int other = now().replicas().at(1);
        region.fence(other);
        AlterPartitions late = propose(leader, other);
        assertThat(error(late)).isEqualTo(Errors.INELIGIBLE_REPLICA);

        region.heartbeat(other);

        assertThat(error(late)).isEqualTo(Errors.INVALID_UPDATE_VERSION);
        assertThat(region.done(propose(leader, other)).values())
                .allMatch(Answer.Done.class::isInstance);
    }

    @Test
    void aLeaderThatRecoversIsAloneInSyncUntilItSaysThatItHas() {
        recovering();
        int leader = now().leader();
        int other = now().replicas().asList().stream().filter(i -> i != leader).findFirst().get();
        region.heartbeat(other);

        Proposal both =
                new Proposal(
                        id,
                        now().leaderEpoch(),
                        now().partitionEpoch(),
                        members(List.of(leader, other)),
                        LeaderRecovery.RECOVERING);
        assertThat(error(leader, both)).isEqualTo(Errors.INVALID_REQUEST);

        assertThat(done(propose(leader, other)).leaderRecovery())
                .isEqualTo(LeaderRecovery.RECOVERED);
    }

    @Test
    void aPartitionThatIsNamedTwiceIsRefused() {
        int leader = now().leader();
        Proposal one = proposal(members(List.of(leader)));

        assertThat(
                        region.refused(
                                        new AlterPartitions(
                                                leader, region.epochOf(leader), List.of(one, one)))
                                .error())
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void aBrokerSaysInWhichDirectoryItsReplicaIs() {
        int broker = now().replicas().at(1);
        Uuid mine = new Uuid(77, broker);
        Uuid unknown = new Uuid(1, 1);

        assertThat(assign(broker, id, mine)).isEqualTo(Errors.NONE);
        assertThat(now().directoryOf(broker)).isEqualTo(mine);
        assertThat(assign(broker, id, unknown)).isEqualTo(Errors.LOG_DIR_NOT_FOUND);
        assertThat(assign(broker, new PartitionId(NO_TOPIC, 0), mine))
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        assertThat(assign(outsider(), id, new Uuid(77, outsider())))
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void aReplicaThatFailedAloneLeavesAndTheDirectoryKeepsTheOthers() {
        int leader = now().leader();

        assertThat(assign(leader, id, BrokerRegistration.LOST)).isEqualTo(Errors.NONE);

        assertThat(now().leader()).isNotEqualTo(leader);
        assertThat(now().isr().has(leader)).isFalse();
        assertThat(now().directoryOf(leader)).isEqualTo(BrokerRegistration.LOST);
        assertThat(region.image().brokers().broker(leader).orElseThrow().standing())
                .satisfies(it -> assertThat(it.offlineLogDirs()).isEmpty());
    }

    @Test
    void aReplicaThatHasLostRecordsIsNotEligibleAnyMore() {
        int leader = now().leader();
        int other = now().replicas().at(1);
        int third = now().replicas().at(2);
        assertThat(assign(other, id, BrokerRegistration.LOST)).isEqualTo(Errors.NONE);
        assertThat(assign(third, id, BrokerRegistration.LOST)).isEqualTo(Errors.NONE);
        assertThat(now().elr().has(third)).isTrue();
        int leaderEpoch = now().leaderEpoch();

        assertThat(assign(third, id, BrokerRegistration.DAMAGED)).isEqualTo(Errors.NONE);

        assertThat(now().leaderEpoch())
                .as("what the leader knows of it is over")
                .isGreaterThan(leaderEpoch);

        assertThat(now().elr().has(third)).isFalse();
        assertThat(now().directoryOf(third)).isEqualTo(BrokerRegistration.LOST);
        assertThat(assign(third, id, new Uuid(77, third))).isEqualTo(Errors.NONE);
        assertThat(now().elr().has(third)).isFalse();
        assertThat(now().leader()).isEqualTo(leader);
    }

    @Test
    void whoIsAloneInSyncMayNotThrowRecordsAway() {
        int leader = now().leader();
        for (int other : List.of(now().replicas().at(1), now().replicas().at(2))) {
            assertThat(assign(other, id, BrokerRegistration.LOST)).isEqualTo(Errors.NONE);
        }
        assertThat(assign(leader, id, BrokerRegistration.DAMAGED))
                .isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);

        assertThat(assign(leader, id, BrokerRegistration.LOST)).isEqualTo(Errors.NONE);
        assertThat(now().hasLeader()).isFalse();
        assertThat(assign(leader, id, BrokerRegistration.DAMAGED))
                .isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
        assertThat(now().isr()).isEqualTo(BrokerIds.of(leader));
    }

    @Test
    void aReplicaInAnOfflineDirectoryIsNotTakenBackIntoTheInSyncSet() {
        int leader = now().leader();
        int other = now().replicas().at(1);
        int third = now().replicas().at(2);
        assertThat(assign(other, id, BrokerRegistration.LOST)).isEqualTo(Errors.NONE);
        assertThat(now().isr()).isEqualTo(BrokerIds.of(leader, third));

        assertThat(error(propose(leader, other, third))).isEqualTo(Errors.INELIGIBLE_REPLICA);

        assertThat(assign(other, id, new Uuid(77, other))).isEqualTo(Errors.NONE);
        assertThat(done(propose(leader, other, third)).isr().size()).isEqualTo(3);
    }

    @Test
    void theOnlyReplicaLeadsAgainOnceItsLogIsThere() {
        id = new PartitionId(region.create("single", 1, 1), 0);
        int broker = now().leader();

        assertThat(assign(broker, id, BrokerRegistration.LOST)).isEqualTo(Errors.NONE);
        assertThat(now().hasLeader()).isFalse();

        assertThat(assign(broker, id, new Uuid(77, broker))).isEqualTo(Errors.NONE);
        assertThat(now().leader()).isEqualTo(broker);
    }

    /** Brings the partition to a leader that was elected uncleanly: all stopped uncleanly. */
    private void recovering() {
        List<Integer> replicas = List.copyOf(now().replicas().asList());
        replicas.forEach(region::fence);
        replicas.forEach(broker -> region.register(broker, new Uuid(broker, 99)));
        replicas.forEach(broker -> {
            if (!now().hasLeader()) {
                region.heartbeat(broker);
            }
        });
        assertThat(now().leaderRecovery()).isEqualTo(LeaderRecovery.RECOVERING);
    }

    private int outsider() {
        return 10 - now().replicas().asList().stream().mapToInt(i -> i).sum();
    }

    private Errors assign(int broker, PartitionId partition, Uuid directory) {
        Answer<Applied> answer =
                region.done(
                                new AssignReplicasToDirs(
                                        broker,
                                        region.epochOf(broker),
                                        new TreeMap<>(Map.of(partition, directory))))
                        .get(partition);
        return answer instanceof Answer.Refused<Applied> refused ? refused.error() : Errors.NONE;
    }

    private PartitionRegistration now() {
        return region.image().topics().partition(id).orElseThrow();
    }

    /** The leader proposes itself and others. */
    private AlterPartitions propose(int leader, Integer... others) {
        var ids = new ArrayList<>(List.of(leader));
        ids.addAll(List.of(others));
        return new AlterPartitions(leader, region.epochOf(leader), List.of(proposal(members(ids))));
    }

    private Proposal proposal(List<Member> members) {
        return new Proposal(
                id, now().leaderEpoch(), now().partitionEpoch(), members, LeaderRecovery.RECOVERED);
    }

    private List<Member> members(List<Integer> ids) {
        return ids.stream()
                .map(broker ->
                        new Member(
                                broker,
                                region.image()
                                        .brokers()
                                        .broker(broker)
                                        .map(one -> one.brokerEpoch())
                                        .orElse(0L)))
                .toList();
    }

    private PartitionState done(AlterPartitions command) {
        return switch (region.done(command).get(id)) {
            case Answer.Done<PartitionState>(var state) -> state;
            case Answer.Refused<PartitionState>(var refusal) ->
                    throw new AssertionError(refusal.toString());
        };
    }

    private Errors error(AlterPartitions command) {
        return error(command.brokerId(), command.partitions().get(0));
    }

    private Errors error(int sender, Proposal proposal) {
        var command = new AlterPartitions(sender, region.epochOf(sender), List.of(proposal));
        return ((Answer.Refused<PartitionState>) region.done(command).get(proposal.partition()))
                .error();
    }
}
