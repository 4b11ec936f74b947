package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.BrokerCommand.BrokerState;
import io.tombolo.controller.command.BrokerCommand.FenceBroker;
import io.tombolo.controller.command.BrokerCommand.HeartbeatBroker;
import io.tombolo.controller.command.BrokerCommand.RegisterBroker;
import io.tombolo.controller.command.BrokerCommand.UnregisterBroker;
import io.tombolo.controller.command.ReplicaCommand.AlterPartitions;
import io.tombolo.controller.command.ReplicaCommand.AlterReassignments;
import io.tombolo.controller.command.ReplicaCommand.AssignReplicasToDirs;
import io.tombolo.controller.command.ReplicaCommand.ElectLeaders;
import io.tombolo.controller.command.ReplicaCommand.Election;
import io.tombolo.controller.command.ReplicaCommand.Member;
import io.tombolo.controller.command.ReplicaCommand.Proposal;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.UncleanElection;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRecord.BrokerChange;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.BrokerRegistration.PreviousStop;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

class BrokerCommandsTest {

    private static final Uuid FIRST = new Uuid(9, 1);
    private static final Uuid SECOND = new Uuid(9, 2);
    private static final Uuid THIRD = new Uuid(9, 3);

    @Test
    void aBrokerStartsFenced() {
        var region = new Region(1);

        long epoch = region.register(1, FIRST);

        assertThat(epoch).isPositive();
        assertThat(region.image().brokers().isActive(1)).isFalse();
    }

    @Test
    void registeringAgainWithTheSameIncarnationChangesNothing() {
        var region = new Region(1);
        long epoch = region.register(1, FIRST);

        assertThat(region.register(1, FIRST)).isEqualTo(epoch);
        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void anIdInUseByALiveBrokerIsRefused() {
        var region = new Region(1);
        region.register(1, FIRST);
        region.live.add(1);

        assertThat(region.refused(Region.registration(1, SECOND)).error())
                .isEqualTo(Errors.DUPLICATE_BROKER_REGISTRATION);
    }

    @Test
    void aSilentBrokersIdMayBeTakenOverUnderAHigherEpoch() {
        var region = new Region(1);
        long first = region.register(1, FIRST);

        long second = region.register(1, SECOND);

        assertThat(second).isGreaterThan(first);
    }

    @Test
    void aBrokerIsUnfencedOnlyWhenItHasCaughtUp() {
        var region = new Region(1);
        long epoch = region.register(1, FIRST);

        BrokerState behind = region.done(new HeartbeatBroker(1, epoch, epoch - 1, false, false));
        BrokerState there = region.done(new HeartbeatBroker(1, epoch, epoch, false, false));

        assertThat(behind).isEqualTo(new BrokerState(false, true, false));
        assertThat(there).isEqualTo(new BrokerState(true, false, false));
    }

    @Test
    void aHeartbeatOfAnEarlierRegistrationIsRefused() {
        var region = Region.withBrokers(1);
        long old = region.epochOf(1);
        region.register(1, SECOND);

        assertThat(region.refused(new HeartbeatBroker(1, old, 99, false, false)).error())
                .isEqualTo(Errors.STALE_BROKER_EPOCH);
    }

    @Test
    void aPartitionWithOneReplicaHasNoLeaderWhileItsBrokerIsFenced() {
        var region = Region.withBrokers(1);
        Uuid topic = region.create("orders", 1, 1);

        region.fence(1);

        var fenced = region.partition(topic, 0);
        assertThat(fenced.hasLeader()).isFalse();
        assertThat(fenced.isr()).isEqualTo(BrokerIds.of(1));
        assertThat(fenced.leaderEpoch()).isEqualTo(1);

        region.heartbeat(1);

        var back = region.partition(topic, 0);
        assertThat(back.leader()).isEqualTo(1);
        assertThat(back.leaderEpoch()).isEqualTo(2);
    }

    @Test
    void anotherInSyncReplicaLeadsWhenTheLeaderIsFenced() {
        var region = Region.withBrokers(1, 2, 3);
        Uuid topic = region.create("orders", 3, 3);

        region.fence(2);

        for (int index = 0; index < 3; index++) {
            var partition = region.partition(topic, index);
            assertThat(partition.leader()).isNotEqualTo(2).isPositive();
            assertThat(partition.isr().asList()).containsExactlyInAnyOrder(1, 3);
            assertThat(partition.partitionEpoch()).isEqualTo(1);
        }
    }

    @Test
    void theLastInSyncReplicaAloneMayComeBack() {
        var region = Region.withBrokers(1, 2);
        Uuid topic = region.create("orders", 1, 2);
        region.fence(1);
        region.fence(2);

        region.heartbeat(1);
        assertThat(region.partition(topic, 0).hasLeader()).isFalse();

        region.heartbeat(2);
        assertThat(region.partition(topic, 0).leader()).isEqualTo(2);
    }

    @Test
    void aBrokerThatWantsToStopFirstGivesItsLeadershipsAway() {
        var region = Region.withBrokers(1, 2);
        Uuid topic = region.create("orders", 2, 2);

        BrokerState first = region.done(stopping(region, 1));

        assertThat(first).isEqualTo(new BrokerState(true, false, false));
        assertThat(region.image().brokers().broker(1).orElseThrow().shuttingDown()).isTrue();
        for (int index = 0; index < 2; index++) {
            assertThat(region.partition(topic, index).leader()).isEqualTo(2);
            assertThat(region.partition(topic, index).isr()).isEqualTo(BrokerIds.of(2));
        }

        assertThat(region.done(stopping(region, 1))).isEqualTo(new BrokerState(true, true, true));
        assertThat(region.image().brokers().isActive(1)).isFalse();
    }

    @Test
    void aBrokerThatNobodyCanStandInForMayGoAtOnce() {
        var region = Region.withBrokers(1);
        Uuid topic = region.create("orders", 1, 1);

        assertThat(region.done(stopping(region, 1))).isEqualTo(new BrokerState(true, true, true));
        assertThat(region.partition(topic, 0).hasLeader()).isFalse();
    }

    @Test
    void aBrokerThatStopsStaysInSyncWhileTooFewWouldBeLeftAndAnotherIsExpected() {
        var region = Region.withBrokers(1, 2, 3);
        region.minInSync(2);
        Uuid topic = region.create("orders", 1, 3);
        region.fence(3);
        long crashed = region.epochOf(3);

        assertThat(region.done(stopping(region, 1))).isEqualTo(new BrokerState(true, false, false));
        assertThat(region.done(stopping(region, 1))).isEqualTo(new BrokerState(true, false, false));
        assertThat(region.partition(topic, 0).leader()).isEqualTo(2);
        assertThat(region.partition(topic, 0).isr().asList()).containsExactlyInAnyOrder(1, 2);

        region.done(Region.registration(3, SECOND, crashed));
        region.heartbeat(3);
        inSync(region, topic, 2, 1, 3);

        assertThat(region.done(stopping(region, 1))).isEqualTo(new BrokerState(true, true, true));
        assertThat(region.partition(topic, 0).isr().asList()).containsExactlyInAnyOrder(2, 3);
    }

    @Test
    void aBrokerThatStopsDoesNotWaitForOnesThatStoppedBefore() {
        var region = Region.withBrokers(1, 2, 3);
        region.minInSync(2);
        Uuid topic = region.create("orders", 1, 3);
        region.done(stopping(region, 3));

        region.done(stopping(region, 1));

        assertThat(region.done(stopping(region, 1))).isEqualTo(new BrokerState(true, true, true));
        assertThat(region.partition(topic, 0).isr()).isEqualTo(BrokerIds.of(2));
    }

    @Test
    void aBrokerThatWillNotWaitGoesAtOnce() {
        var region = Region.withBrokers(1, 2, 3);
        region.minInSync(2);
        Uuid topic = region.create("orders", 1, 3);
        region.fence(3);

        BrokerState state =
                region.done(new HeartbeatBroker(1, region.epochOf(1), 1_000, true, true));

        assertThat(state).isEqualTo(new BrokerState(true, true, true));
        assertThat(region.partition(topic, 0).leader()).isEqualTo(2);
        assertThat(region.partition(topic, 0).isr()).isEqualTo(BrokerIds.of(2));
        assertThat(region.image().brokers().broker(1).orElseThrow().shuttingDown()).isTrue();
    }

    @Test
    void aReplicaWhoseBrokerStoppedCleanlyStaysEligible() {
        var region = Region.withBrokers(1, 2, 3);
        region.minInSync(2);
        Uuid topic = region.create("orders", 1, 3);
        region.fence(1);
        region.fence(2);
        assertThat(region.partition(topic, 0).elr()).isEqualTo(BrokerIds.of(2));

        region.done(Region.registration(2, SECOND, region.epochOf(2)));

        assertThat(region.partition(topic, 0).elr()).isEqualTo(BrokerIds.of(2));
        assertThat(previousStop(region, 2)).isEqualTo(PreviousStop.CLEAN);
    }

    @Test
    void aReplicaWhoseBrokerStoppedUncleanlyLeavesTheInSyncAndTheEligibleSet() {
        var region = Region.withBrokers(1, 2, 3);
        region.minInSync(2);
        Uuid topic = region.create("orders", 1, 3);
        region.fence(1);
        region.fence(2);
        region.fence(3);
        assertThat(region.partition(topic, 0).isr()).isEqualTo(BrokerIds.of(3));

        region.register(2, SECOND);
        region.register(3, SECOND);
        region.heartbeat(2);

        assertThat(region.partition(topic, 0).isr()).isEqualTo(BrokerIds.NONE);
        assertThat(region.partition(topic, 0).elr()).isEqualTo(BrokerIds.NONE);
        assertThat(region.partition(topic, 0).hasLeader()).isFalse();
        assertThat(previousStop(region, 2)).isEqualTo(PreviousStop.UNCLEAN);
    }

    @Test
    void theLastKnownLeaderLeadsWhenNobodyIsSafeAndHasToRecover() {
        var region = Region.withBrokers(1, 2);
        Uuid topic = region.create("orders", 1, 2);
        int last = region.partition(topic, 0).isr().at(1);
        region.fence(region.partition(topic, 0).leader());
        region.fence(last);
        region.register(last, SECOND);
        MetadataImage before = region.image();

        region.heartbeat(last);

        var partition = region.partition(topic, 0);
        assertThat(partition.leader()).isEqualTo(last);
        assertThat(partition.leaderRecovery()).isEqualTo(LeaderRecovery.RECOVERING);
        assertThat(partition.lastKnownElr()).isEqualTo(BrokerIds.NONE);
        assertThat(
                        before.apply(region.lastRecords(), region.image().place())
                                .delta()
                                .uncleanElections())
                .containsExactly(
                        new UncleanElection(
                                new PartitionId(topic, 0),
                                last,
                                partition.leaderEpoch() - 2,
                                last,
                                partition.leaderEpoch()));
    }

    @Test
    void aSoleReplicaKeepsItsPlaceAfterAnUncleanStop() {
        var region = Region.withBrokers(1, 2);
        Uuid topic = region.create("orders", 2, 1);

        region.register(1, SECOND);
        region.heartbeat(1);

        for (int index = 0; index < 2; index++) {
            assertThat(region.partition(topic, index).hasLeader()).isTrue();
            assertThat(region.partition(topic, index).leaderRecovery())
                    .isEqualTo(LeaderRecovery.RECOVERED);
        }
    }

    @Test
    void aReplicaOnADirectoryThatIsGoneIsElectedOnlyWhereThatMayLoseRecords() {
        var region = Region.withBrokers(1, 2);
        Uuid topic = region.create("orders", 1, 2);
        region.fence(2);
        region.fence(1);

        region.done(onAnotherDisk(region));
        region.heartbeat(1);

        assertThat(region.partition(topic, 0).hasLeader()).isFalse();
        assertThat(region.partition(topic, 0).lastKnownElr()).isEqualTo(BrokerIds.NONE);
        electUncleanly(region);
        assertThat(region.partition(topic, 0).leader()).isEqualTo(1);
        assertThat(region.partition(topic, 0).leaderRecovery())
                .isEqualTo(LeaderRecovery.RECOVERING);
    }

    @Test
    void anUncleanElectionPrefersWhatIsLeftToAnEmptyDisk() {
        var region = Region.withBrokers(1, 2);
        Uuid topic = region.create("orders", 1, 2);
        region.fence(2);
        region.fence(1);
        region.done(onAnotherDisk(region));
        region.heartbeat(1);
        region.register(2, THIRD);
        region.heartbeat(2);

        electUncleanly(region);

        assertThat(region.partition(topic, 0).leader()).isEqualTo(2);
        assertThat(region.partition(topic, 0).begunAnew()).isEqualTo(BrokerIds.of(1));
        inSync(region, topic, 2, 1);
        assertThat(region.partition(topic, 0).begunAnew()).isEqualTo(BrokerIds.NONE);
    }

    @Test
    void aSoleReplicaWaitsForItsDisk() {
        var region = Region.withBrokers(1);
        Uuid topic = region.create("orders", 1, 1);
        region.fence(1);

        region.done(onAnotherDisk(region));
        region.heartbeat(1);
        assertThat(region.partition(topic, 0).hasLeader()).isFalse();

        assertThat(tellItsPlace(region, topic)).isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
        assertThat(region.partition(topic, 0).hasLeader()).isFalse();

        region.fence(1);
        region.register(1, THIRD);
        region.heartbeat(1);
        assertThat(region.partition(topic, 0).leader()).isEqualTo(1);
        assertThat(region.partition(topic, 0).leaderRecovery()).isEqualTo(LeaderRecovery.RECOVERED);
    }

    @Test
    void aReassignmentDoesNotTakeAnEmptyDiskForASoleReplica() {
        for (List<Integer> target : List.of(List.of(1, 2), List.of(2, 1), List.of(2))) {
            var region = Region.withBrokers(1);
            Uuid topic = region.create("orders", 1, 1);
            region.register(2, SECOND);
            region.heartbeat(2);
            region.fence(1);
            region.done(onAnotherDisk(region));
            region.heartbeat(1);

            region.done(
                    new AlterReassignments(
                            Map.of(new TopicPartition("orders", 0), Optional.of(target)), true));
            assertThat(tellItsPlace(region, topic))
                    .isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
            assertThat(region.partition(topic, 0).hasLeader()).isFalse();

            region.fence(1);
            region.done(onAnotherDisk(region));
            region.heartbeat(1);
            assertThat(tellItsPlace(region, topic))
                    .isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
            assertThat(region.partition(topic, 0).hasLeader()).isFalse();

            region.fence(1);
            region.register(1, THIRD);
            region.heartbeat(1);
            assertThat(region.partition(topic, 0).leader()).isEqualTo(1);
        }
    }

    @Test
    void aSoleReplicaBeginsAnewWhenThatIsAskedFor() {
        var region = Region.withBrokers(1);
        Uuid topic = region.create("orders", 1, 1);
        region.fence(1);
        region.done(onAnotherDisk(region));
        region.heartbeat(1);
        MetadataImage before = region.image();

        electUncleanly(region);

        assertThat(region.partition(topic, 0).leader()).isEqualTo(1);
        assertThat(region.partition(topic, 0).directoryOf(1)).isEqualTo(new Uuid(78, 1));
        assertThat(region.partition(topic, 0).leaderRecovery())
                .isEqualTo(LeaderRecovery.RECOVERING);
        assertThat(
                        before.apply(region.lastRecords(), region.image().place())
                                .delta()
                                .uncleanElections())
                .as("it is not the last known leader that is back")
                .extracting(UncleanElection::oldLeader)
                .containsExactly(PartitionRegistration.NO_LEADER);
    }

    /** The broker has made an empty log on the other disk. */
    private static Errors tellItsPlace(Region region, Uuid topic) {
        var id = new PartitionId(topic, 0);
        var answers =
                region.done(
                        new AssignReplicasToDirs(
                                1, region.epochOf(1), new TreeMap<>(Map.of(id, new Uuid(78, 1)))));
        return answers.get(id) instanceof Answer.Refused<Applied> refused
                ? refused.error()
                : Errors.NONE;
    }

    private static void electUncleanly(Region region) {
        var orders = List.of(new TopicPartition("orders", 0));
        region.done(new ElectLeaders(Election.UNCLEAN, Optional.of(orders)));
    }

    private static RegisterBroker onAnotherDisk(Region region) {
        return new RegisterBroker(
                1,
                SECOND,
                new BrokerRegistration.Endpoints(List.of(), "r"),
                List.of(new Uuid(78, 1)),
                region.epochOf(1));
    }

    @Test
    void aReplicaInADirectoryThatFailsLeadsNoMore() {
        var region = Region.withBrokers(1, 2);
        Uuid topic = region.create("orders", 2, 2);

        region.done(
                new HeartbeatBroker(
                        1, region.epochOf(1), 1_000, false, false, List.of(new Uuid(77, 1))));

        for (int index = 0; index < 2; index++) {
            assertThat(region.partition(topic, index).leader()).isEqualTo(2);
            assertThat(region.partition(topic, index).isr()).isEqualTo(BrokerIds.of(2));
        }
        assertThat(region.image().brokers().isActive(1)).isTrue();
    }

    private static HeartbeatBroker stopping(Region region, int broker) {
        return new HeartbeatBroker(broker, region.epochOf(broker), 1_000, false, true);
    }

    private static void inSync(Region region, Uuid topic, int leader, int... others) {
        var members = new ArrayList<Member>();
        members.add(new Member(leader, -1));
        for (int other : others) {
            members.add(new Member(other, -1));
        }
        var partition = region.partition(topic, 0);
        var proposal =
                new Proposal(
                        new PartitionId(topic, 0),
                        partition.leaderEpoch(),
                        partition.partitionEpoch(),
                        members,
                        LeaderRecovery.RECOVERED);
        region.done(new AlterPartitions(leader, region.epochOf(leader), List.of(proposal)));
    }

    private static PreviousStop previousStop(Region region, int broker) {
        return region.image().brokers().broker(broker).orElseThrow().standing().previousStop();
    }

    @Test
    void aNewProcessThatReplacesASilentOneDoesNotLeadBeforeItIsUnfenced() {
        var region = Region.withBrokers(1);
        Uuid topic = region.create("orders", 1, 1);

        region.register(1, SECOND);
        assertThat(region.partition(topic, 0).hasLeader()).isFalse();

        region.heartbeat(1);
        assertThat(region.partition(topic, 0).leader()).isEqualTo(1);
    }

    @Test
    void fencingTwiceChangesNothing() {
        var region = Region.withBrokers(1);
        region.done(new FenceBroker(1, region.epochOf(1)));

        region.done(new FenceBroker(1, region.epochOf(1)));

        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void anUnregisteredBrokerIsGone() {
        var region = Region.withBrokers(1, 2);
        Uuid topic = region.create("orders", 2, 2);

        region.done(new UnregisterBroker(2));

        assertThat(region.image().brokers().broker(2)).isEmpty();
        assertThat(region.partition(topic, 0).leader()).isEqualTo(1);
        assertThat(region.refused(new UnregisterBroker(2)).error())
                .isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
    }

    @Test
    void theRecordThatFencesComesAfterTheElections() {
        var region = Region.withBrokers(1, 2);
        region.create("orders", 4, 2);

        region.fence(1);

        var batches = region.last().batches();
        assertThat(batches).hasSize(5).allMatch(batch -> batch.size() == 1);
        assertThat(batches.getLast().getFirst()).isInstanceOf(BrokerChange.class);
    }
}
