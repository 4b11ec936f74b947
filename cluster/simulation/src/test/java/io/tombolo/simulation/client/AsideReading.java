package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.simulation.law.Aside;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads all that was set aside of a partition, as whoever looks for lost records would. */
public final class AsideReading {

    private static final int BYTES_MAX = 1 << 18;

    private final Fetching fetching;
    private final Route route;
    private final SimulatedEntropy dice;
    private final List<Aside> found = new ArrayList<>();
    private long position;
    private boolean done;

    public AsideReading(Environment environment, Site site, Place place, SimulatedEntropy dice) {
        this.fetching = new Fetching(environment, site, Aside.of(place));
        this.route = new Route(environment, site.bootstrap(), "aside of " + place);
        this.dice = dice;
    }

    public void start() {
        later(1);
    }

    public boolean done() {
        return done;
    }

    /** In the order in which they were written; one that was written twice is there twice. */
    public List<Aside> found() {
        return found;
    }

    private void later(long ms) {
        route.later(ms, this::go);
    }

    private void go() {
        fetching.end(end -> {
            if (end.isEmpty()) {
                later(dice.between(20, 200));
            } else if (position >= end.get()) {
                done = true;
                fetching.close();
            } else {
                fetching.fetch(position, BYTES_MAX, this::fetched);
            }
        });
    }

    private void fetched(Optional<ByteBuffer> batches) {
        if (batches.isPresent()) {
            found.addAll(Aside.read(batches.get()));
            var walk = new BatchWalk(batches.get());
            while (walk.next()) {
                position = walk.batch().nextOffset();
            }
        }
        later(dice.between(1, 20));
    }
}
