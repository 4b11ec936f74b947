package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.ReplicaCommand.AlterPartitions;
import io.tombolo.controller.command.ReplicaCommand.BalanceLeaders;
import io.tombolo.controller.command.ReplicaCommand.BalanceLeaders.Scope;
import io.tombolo.controller.command.ReplicaCommand.Balanced;
import io.tombolo.controller.command.ReplicaCommand.ElectLeaders;
import io.tombolo.controller.command.ReplicaCommand.Elected;
import io.tombolo.controller.command.ReplicaCommand.Election;
import io.tombolo.controller.command.ReplicaCommand.Member;
import io.tombolo.controller.command.ReplicaCommand.Proposal;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Elections: who leads when brokers go, and who on request. */
class LeaderCommandsTest {

    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    @Test
    void theFirstInSyncReplicaInTheOrderOfTheReplicasLeads() {
        Region region = Region.withBrokers(1, 2, 3);
        Uuid topic = region.create("orders", 1, 3);
        BrokerIds replicas = region.partition(topic, 0).replicas();

        region.fence(replicas.at(0));

        assertThat(region.partition(topic, 0).leader()).isEqualTo(replicas.at(1));
    }

    @Test
    void anEligibleReplicaLeadsWhenNobodyInSyncCan() {
        Region region = belowMinimum();
        PartitionRegistration before = partition(region);
        int eligible = before.elr().at(0);
        region.heartbeat(eligible);

        region.fence(before.leader());

        assertThat(partition(region).leader()).isEqualTo(eligible);
        assertThat(partition(region).isr()).isEqualTo(BrokerIds.of(eligible));
        assertThat(partition(region).elr()).isEqualTo(BrokerIds.of(before.leader()));
        assertThat(partition(region).leaderRecovery()).isEqualTo(LeaderRecovery.RECOVERED);
    }

    @Test
    void aReplicaThatIsNeitherInSyncNorEligibleDoesNotLead() {
        Region region = Region.withBrokers(1, 2);
        region.create("orders", 1, 2);
        int first = partition(region).leader();
        region.fence(first);
        region.fence(partition(region).leader());

        region.heartbeat(first);

        assertThat(partition(region).hasLeader()).isFalse();
        assertThat(partition(region).lastKnownElr()).isEqualTo(partition(region).isr());
    }

    @Test
    void anUncleanElectionHappensByItselfWhereTheTopicAllowsIt() {
        Region region = Region.withBrokers(1, 2);
        region.create("orders", 1, 2);
        int first = partition(region).leader();
        region.fence(first);
        int second = partition(region).leader();
        region.commit(
                List.of(
                        new ConfigSet(
                                ConfigResource.topic("orders"),
                                "unclean.leader.election.enable",
                                "true")));
        region.fence(second);

        region.heartbeat(first);

        assertThat(partition(region).leader()).isEqualTo(first);
        assertThat(partition(region).isr()).isEqualTo(BrokerIds.of(first));
        assertThat(partition(region).leaderRecovery()).isEqualTo(LeaderRecovery.RECOVERING);
    }

    @Test
    void anUncleanElectionThatIsAllowedLaterComesWithTheNextRound() {
        Region region = stranded();
        region.commit(
                List.of(
                        new ConfigSet(
                                ConfigResource.allBrokers(),
                                "unclean.leader.election.enable",
                                "true")));

        assertThat(region.done(new BalanceLeaders(10, Scope.LEADERLESS)))
                .isEqualTo(new Balanced(1, false));
        assertThat(partition(region).leaderRecovery()).isEqualTo(LeaderRecovery.RECOVERING);
    }

    @Test
    void anUncleanElectionThatIsAskedForIsMarked() {
        Region region = stranded();

        Answer<Elected> answer = elect(region, Election.UNCLEAN, ORDERS);

        assertThat(((Answer.Done<Elected>) answer).value())
                .isEqualTo(
                        new Elected(
                                partition(region).leader(), partition(region).leaderEpoch(), true));
        assertThat(partition(region).leaderRecovery()).isEqualTo(LeaderRecovery.RECOVERING);
        assertThat(error(region, Election.UNCLEAN, ORDERS)).isEqualTo(Errors.ELECTION_NOT_NEEDED);
    }

    @Test
    void electionsThatCannotBeAreRefusedEachWithItsError() {
        Region region = Region.withBrokers(1, 2);
        region.create("orders", 1, 2);
        var unknown = new TopicPartition("orders", 4);

        assertThat(error(region, Election.PREFERRED, ORDERS)).isEqualTo(Errors.ELECTION_NOT_NEEDED);
        assertThat(error(region, Election.PREFERRED, unknown))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);

        region.fence(partition(region).leader());
        assertThat(error(region, Election.PREFERRED, ORDERS))
                .isEqualTo(Errors.PREFERRED_LEADER_NOT_AVAILABLE);

        region.fence(partition(region).leader());
        assertThat(error(region, Election.UNCLEAN, ORDERS))
                .isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }

    @Test
    void aPreferredLeaderIsElectedOnceItIsInSyncAgain() {
        Region region = Region.withBrokers(1, 2);
        region.create("orders", 1, 2);
        int preferred = partition(region).leader();
        region.fence(preferred);
        region.heartbeat(preferred);
        assertThat(error(region, Election.PREFERRED, ORDERS))
                .isEqualTo(Errors.PREFERRED_LEADER_NOT_AVAILABLE);
        everybodyInSync(region, "orders", 0);

        Answer<Elected> answer = elect(region, Election.PREFERRED, ORDERS);

        assertThat(answer).isEqualTo(new Answer.Done<>(new Elected(preferred, 2, false)));
    }

    @Test
    void askedForAllOnlyWhatNeededAnElectionIsAnswered() {
        Region region = Region.withBrokers(1, 2);
        region.create("orders", 4, 2);
        region.fence(1);
        region.heartbeat(1);
        everybodyInSync(region, "orders", 1);

        Map<TopicPartition, Answer<Elected>> answers =
                region.done(new ElectLeaders(Election.PREFERRED, Optional.empty()));

        assertThat(answers).hasSize(2);
        assertThat(answers.values().stream().filter(Answer.Done.class::isInstance))
                .hasSizeLessThan(2);
    }

    @Test
    void leadershipsAreGivenBackAFewAtATimeAndOnlyToReplicasInSync() {
        Region region = Region.withBrokers(1, 2);
        Uuid topic = region.create("orders", 20, 2);
        region.fence(1);
        region.heartbeat(1);
        assertThat(region.done(new BalanceLeaders(4, Scope.PREFERRED)))
                .isEqualTo(new Balanced(0, false));
        for (int index = 0; index < 20; index++) {
            everybodyInSync(region, "orders", index);
        }

        assertThat(region.done(new BalanceLeaders(4, Scope.PREFERRED)))
                .isEqualTo(new Balanced(4, true));
        assertThat(region.done(new BalanceLeaders(4, Scope.PREFERRED)))
                .isEqualTo(new Balanced(4, true));
        assertThat(region.done(new BalanceLeaders(4, Scope.PREFERRED)))
                .isEqualTo(new Balanced(2, false));

        for (int index = 0; index < 20; index++) {
            PartitionRegistration partition = region.partition(topic, index);
            assertThat(partition.leader()).isEqualTo(partition.preferredLeader());
        }
    }

    /** A partition with one replica in sync, another eligible and fenced; two must be in sync. */
    private static Region belowMinimum() {
        Region region = Region.withBrokers(1, 2, 3);
        region.minInSync(2);
        region.create("orders", 1, 3);
        BrokerIds replicas = partition(region).replicas();
        region.fence(replicas.at(2));
        region.fence(replicas.at(1));
        assertThat(partition(region).elr()).isEqualTo(BrokerIds.of(replicas.at(1)));
        return region;
    }

    /** A partition without a leader; the one in service is not in sync. */
    private static Region stranded() {
        Region region = Region.withBrokers(1, 2);
        region.create("orders", 1, 2);
        int first = partition(region).leader();
        region.fence(first);
        region.fence(partition(region).leader());
        region.heartbeat(first);
        assertThat(partition(region).hasLeader()).isFalse();
        return region;
    }

    private static PartitionRegistration partition(Region region) {
        return region.partition(region.image().topics().topic("orders").orElseThrow().id(), 0);
    }

    static void everybodyInSync(Region region, String topic, int index) {
        var id = new PartitionId(region.image().topics().topic(topic).orElseThrow().id(), index);
        PartitionRegistration partition = region.partition(id.topicId(), index);
        List<Member> members =
                partition.replicas().asList().stream()
                        .map(broker -> new Member(broker, region.epochOf(broker)))
                        .toList();
        var proposal =
                new Proposal(
                        id,
                        partition.leaderEpoch(),
                        partition.partitionEpoch(),
                        members,
                        LeaderRecovery.RECOVERED);
        int leader = partition.leader();
        var answer =
                region.done(new AlterPartitions(leader, region.epochOf(leader), List.of(proposal)));
        assertThat(answer.get(id)).isInstanceOf(Answer.Done.class);
    }

    private static Answer<Elected> elect(Region region, Election election, TopicPartition name) {
        return region.done(new ElectLeaders(election, Optional.of(List.of(name)))).get(name);
    }

    private static Errors error(Region region, Election election, TopicPartition name) {
        return ((Answer.Refused<Elected>) elect(region, election, name)).error();
    }
}
