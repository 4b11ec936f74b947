package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.BrokerCommand.ContinueDrain;
import io.tombolo.controller.command.BrokerCommand.DrainBroker;
import io.tombolo.controller.command.ReplicaCommand.ElectLeaders;
import io.tombolo.controller.command.ReplicaCommand.Election;
import io.tombolo.metadata.image.MetadataSnapshot;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRecord.Drain;
import io.tombolo.metadata.record.PartitionId;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.util.Optional;

/** Brokers that are to be emptied, and those that are to leave. */
class DrainCommandsTest {

    private static final Drain EMPTY = new Drain(Drain.Goal.EMPTY, "new disk");
    private static final Drain LEAVE = new Drain(Drain.Goal.LEAVE, "too old");

    private final Region region = Region.withBrokers(1, 2, 3, 4);

    @Test
    void itsLeadershipsGoToOthersThatAreInSyncAndDoNotComeBack() {
        Uuid topic = region.create("orders", 12, 3);
        Uuid alone = region.create("alone", 4, 1);

        region.done(new DrainBroker(2, EMPTY));
        region.done(new ElectLeaders(Election.PREFERRED, Optional.empty()));

        for (int index = 0; index < 12; index++) {
            assertThat(region.partition(topic, index).leader()).isNotEqualTo(2);
        }
        assertThat(region.image().topics().ledBy(2).ids())
                .allMatch(id -> id.topicId().equals(alone))
                .isNotEmpty();
        region.fence(1);
        region.fence(3);
        region.fence(4);
        for (PartitionId id : region.image().topics().replicasOn(2).ids()) {
            boolean inSync = region.image().topics().partition(id).orElseThrow().isr().has(2);
            int leader = region.image().topics().partition(id).orElseThrow().leader();
            assertThat(leader).isEqualTo(inSync ? 2 : -1); // better than nobody
        }
    }

    @Test
    void newReplicasGoElsewhereAsLongAsThereIsRoom() {
        region.done(new DrainBroker(2, EMPTY));

        region.create("orders", 12, 3);
        assertThat(region.image().topics().replicasOn(2).isEmpty()).isTrue();

        Uuid wide = region.create("wide", 2, 4);
        assertThat(region.partition(wide, 0).replicas().at(3)).isEqualTo(2);
        assertThat(region.partition(wide, 1).isr().has(2)).isTrue();
    }

    @Test
    void itsReplicasMoveAFewAtATimeUntilItIsEmpty() {
        region.create("orders", 20, 3);
        region.done(new DrainBroker(2, EMPTY));
        int rounds = 0;

        while (!region.image().topics().replicasOn(2).isEmpty()) {
            region.done(new ContinueDrain(2, 4));
            var moving = region.image().topics().reassigning().ids();
            assertThat(moving).hasSizeLessThanOrEqualTo(4);
            moving.forEach(id -> LeaderCommandsTest.everybodyInSync(region, "orders", id.index()));
            assertThat(++rounds).isLessThan(10);
        }

        assertThat(region.image().brokers().drainOf(2)).isEqualTo(EMPTY);
        region.done(new ContinueDrain(2, 4));
        assertThat(region.last().batches()).isEmpty();
        assertThat(region.image().brokers().broker(2)).isPresent();
    }

    @Test
    void whatIsWantedNoLongerIsCancelled() {
        Uuid topic = region.create("orders", 1, 4);
        Uuid pair = region.create("pair", 8, 2);
        region.done(new DrainBroker(2, EMPTY));
        region.done(new ContinueDrain(2, 3));
        assertThat(region.image().topics().reassigning().size()).isEqualTo(3);

        region.done(new DrainBroker(2, Drain.NONE));

        assertThat(region.image().topics().reassigning().isEmpty()).isTrue();
        assertThat(region.image().brokers().cordoned(2)).isFalse();
        assertThat(region.partition(topic, 0).replicas().size()).isEqualTo(4);
        for (int index = 0; index < 8; index++) {
            assertThat(region.partition(pair, index).replicas().size()).isEqualTo(2);
        }
        region.done(new ElectLeaders(Election.PREFERRED, Optional.empty()));
        assertThat(region.image().topics().ledBy(2).isEmpty()).isFalse();
    }

    @Test
    void aBrokerThatShallLeaveDoesSoWhenItIsEmptyAndHasStopped() {
        Uuid topic = region.create("orders", 1, 3);
        int leaving = region.partition(topic, 0).replicas().at(1);
        region.done(new DrainBroker(leaving, LEAVE));
        region.done(new ContinueDrain(leaving, 4));
        region.fence(leaving);
        region.done(new ContinueDrain(leaving, 4));
        assertThat(region.image().brokers().broker(leaving)).isPresent(); // not empty yet
        region.heartbeat(leaving);
        LeaderCommandsTest.everybodyInSync(region, "orders", 0);
        region.done(new ContinueDrain(leaving, 4));
        assertThat(region.image().brokers().broker(leaving)).isPresent(); // not stopped yet

        region.fence(leaving);
        region.done(new ContinueDrain(leaving, 4));

        assertThat(region.image().brokers().broker(leaving)).isEmpty();
        assertThat(region.image().brokers().drains()).isEmpty();
        assertThat(region.partition(topic, 0).replicas().has(leaving)).isFalse();
    }

    @Test
    void whatIsWantedOutlivesTheProcessAndIsInSnapshots() {
        region.create("orders", 4, 2);
        region.done(new DrainBroker(2, EMPTY));

        region.start(2);

        assertThat(region.image().brokers().drainOf(2)).isEqualTo(EMPTY);
        var reader = new MetadataSnapshot.Reader();
        MetadataSnapshot.records(region.image()).forEachRemaining(reader::add);
        assertThat(reader.finish(region.image().place())).isEqualTo(region.image());
    }

    @Test
    void aBrokerThatIsNotRegisteredCannotBeEmptied() {
        assertThat(region.refused(new DrainBroker(9, EMPTY)).error())
                .isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
    }

    @Test
    void whenAllAreToBeEmptiedTopicsArePlacedAllTheSame() {
        for (int broker = 1; broker <= 4; broker++) {
            region.done(new DrainBroker(broker, EMPTY));
        }

        Uuid topic = region.create("orders", 1, 3);

        assertThat(region.partition(topic, 0).isr()).isNotEqualTo(BrokerIds.NONE);
    }
}
