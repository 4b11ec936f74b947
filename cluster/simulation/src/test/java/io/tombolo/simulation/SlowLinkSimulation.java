package io.tombolo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.fault.Fault;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.world.Trial;
import io.tombolo.simulation.world.World;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

/** A link that takes seconds, between two brokers that are well. */
class SlowLinkSimulation {

    private static final Place ORDERS = new Place("orders", 0);
    private static final Duration SLOW = Duration.ofSeconds(8);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aFollowerBehindASlowLinkLeavesTheReplicasInSyncAndTheOthersGoOn(long seed) {
        var world =
                new World(new Trial(seed, Shape.THREE_BROKERS, Variant.SOUND), new Happenings());
        world.begin();
        Machine leader = world.source().leaderOf(ORDERS).orElseThrow();
        Machine follower = anotherThan(leader, world);

        world.play(new Fault.Jitter(leader.host(), follower.host(), SLOW));
        world.play(new Fault.Jitter(follower.host(), leader.host(), SLOW));
        world.runFor(Duration.ofSeconds(5));
        long before = world.committed(ORDERS);
        world.runFor(Duration.ofSeconds(5));

        assertThat(world.committed(ORDERS)).isGreaterThan(before + 20);
        assertThat(orders(world).isr().has(follower.id())).isFalse();
        world.heal();
        assertThat(orders(world).isr().size()).isEqualTo(3);
    }

    /** Not the controller, which the leader needs, nor the leader. */
    private static Machine anotherThan(Machine leader, World world) {
        int controller = leader.core().orElseThrow().quorum().leader().leaderId();
        return world.source().brokers().stream()
                .filter(one -> one != leader && one.id() != controller)
                .findFirst()
                .orElseThrow();
    }

    private static PartitionRegistration orders(World world) {
        var topic = world.source().newestMetadata().topics().topic(ORDERS.topic()).orElseThrow();
        return topic.partitions().get(ORDERS.partition());
    }
}
