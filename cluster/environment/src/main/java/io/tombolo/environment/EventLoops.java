package io.tombolo.environment;

/** The loops of one broker process, fixed in number from its start. */
public interface EventLoops {

    /** How many loops there are, at least 1. */
    int count();

    /** The loop with this number. */
    EventLoop loop(int index);

    /**
     * The loop that owns whatever hashes to this value; the same value gives the same loop for the
     * life of the process.
     */
    default EventLoop ownerOf(int hash) {
        return loop(Math.floorMod(hash * 0x9E3779B9 >>> 8, count()));
    }
}
