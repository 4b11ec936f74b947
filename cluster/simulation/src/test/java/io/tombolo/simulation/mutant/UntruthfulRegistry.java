package io.tombolo.simulation.mutant;

import io.tombolo.environment.EventLoop;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.RegionRegistry;
import io.tombolo.region.registry.Sighting;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A notice-board that says something else of who owns what: a broken variant.
 *
 * @param told what others read in place of the truth
 */
record UntruthfulRegistry(RegionRegistry sound, UnaryOperator<List<Ownership>> told)
        implements RegionRegistry {

    @Override
    public void publish(RegionDocument own) {
        sound.publish(
                new RegionDocument(
                        own.region(),
                        own.version(),
                        own.brokers(),
                        told.apply(own.ownerships()),
                        own.links()));
    }

    @Override
    public Optional<Sighting> lastSeen(RegionId region) {
        return sound.lastSeen(region);
    }

    @Override
    public List<Sighting> others() {
        return sound.others();
    }

    @Override
    public Subscription subscribe(EventLoop loop, Consumer<RegionDocument> listener) {
        return sound.subscribe(loop, listener);
    }
}
