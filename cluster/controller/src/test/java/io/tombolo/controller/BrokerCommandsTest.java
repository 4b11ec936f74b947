package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.BrokerCommand.BrokerState;
import io.tombolo.controller.command.BrokerCommand.FenceBroker;
import io.tombolo.controller.command.BrokerCommand.HeartbeatBroker;
import io.tombolo.controller.command.BrokerCommand.UnregisterBroker;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRecord.BrokerChange;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class BrokerCommandsTest {

    private static final Uuid FIRST = new Uuid(9, 1);
    private static final Uuid SECOND = new Uuid(9, 2);

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
    void aBrokerThatWantsToStopIsFencedAndMayGo() {
        var region = Region.withBrokers(1, 2);
        Uuid topic = region.create("orders", 2, 2);

        BrokerState state =
                region.done(new HeartbeatBroker(1, region.epochOf(1), 1_000, false, true));

        assertThat(state).isEqualTo(new BrokerState(true, true, true));
        assertThat(region.partition(topic, 0).leader()).isEqualTo(2);
        assertThat(region.partition(topic, 1).leader()).isEqualTo(2);
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
