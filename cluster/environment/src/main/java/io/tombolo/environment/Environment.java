package io.tombolo.environment;

/**
 * Everything a broker may use of the outside world. Handed to constructors piece by piece; only
 * composition roots see it whole.
 *
 * @param background for long work that nobody waits for, such as compaction
 */
public record Environment(
        Clock clock,
        EventLoops loops,
        Network network,
        Disk disk,
        Offload offload,
        Offload background,
        Entropy entropy) {

    /** With one place for all work off the loops. */
    public Environment(
            Clock clock,
            EventLoops loops,
            Network network,
            Disk disk,
            Offload offload,
            Entropy entropy) {
        this(clock, loops, network, disk, offload, offload, entropy);
    }
}
