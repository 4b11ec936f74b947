package io.tombolo.environment;

import java.util.UUID;

/** The only source of randomness. Callable from any thread. */
public interface Entropy {

    /** A uniformly distributed long. */
    long nextLong();

    /** A uniformly distributed int, 0 ≤ result &lt; bound; bound ≥ 1. */
    int nextInt(int bound);

    /** A random (version 4) UUID. */
    default UUID nextUuid() {
        long high = (nextLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x4000L;
        long low = (nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
