package io.tombolo.environment.simulated;

/** One life of a node: from its start to its end, with the loops and connections of that life. */
final class SimulatedProcess {

    private final SimulatedNode node;
    private final SimulatedLoops loops;
    private boolean alive = true;
    private long framesHeldCount;

    SimulatedProcess(SimulatedNode node, int loopCount) {
        this.node = node;
        this.loops = new SimulatedLoops(this, loopCount);
    }

    SimulatedNode node() {
        return node;
    }

    Simulator simulator() {
        return node.simulator();
    }

    SimulatedLoops loops() {
        return loops;
    }

    boolean alive() {
        return alive;
    }

    void frameDelivered() {
        framesHeldCount++;
    }

    void frameReleased() {
        framesHeldCount--;
    }

    /** Frames delivered to handlers and not yet released. */
    long framesHeldCount() {
        return framesHeldCount;
    }

    void end() {
        alive = false;
    }
}
