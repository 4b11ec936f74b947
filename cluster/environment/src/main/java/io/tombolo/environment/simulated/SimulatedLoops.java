package io.tombolo.environment.simulated;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.EventLoops;

import java.util.ArrayList;
import java.util.List;

/** The loops of one life of a node. */
final class SimulatedLoops implements EventLoops {

    private final List<SimulatedLoop> loops = new ArrayList<>();
    private int accepted;

    SimulatedLoops(SimulatedProcess process, int count) {
        for (int index = 0; index < count; index++) {
            loops.add(new SimulatedLoop(process, index));
        }
    }

    @Override
    public int count() {
        return loops.size();
    }

    @Override
    public EventLoop loop(int index) {
        return loops.get(index);
    }

    /** The loop that takes the next accepted connection. */
    SimulatedLoop nextAcceptor() {
        return loops.get(Math.floorMod(accepted++, loops.size()));
    }
}
