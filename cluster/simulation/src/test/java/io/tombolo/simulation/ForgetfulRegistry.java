package io.tombolo.simulation;

import io.tombolo.environment.EventLoop;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.RegionRegistry;
import io.tombolo.region.registry.Sighting;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A notice-board that tells nobody who owns what: a broken variant. */
record ForgetfulRegistry(RegionRegistry sound) implements RegionRegistry {

    @Override
    public void publish(RegionDocument own) {
        sound.publish(
                new RegionDocument(
                        own.region(), own.version(), own.brokers(), List.of(), own.links()));
    }

    @Override
    public Optional<Sighting> lastSeen(io.tombolo.region.RegionId region) {
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
