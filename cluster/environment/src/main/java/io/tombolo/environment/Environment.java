package io.tombolo.environment;

/**
 * Everything a broker may use of the outside world. Handed to constructors piece by piece; only
 * composition roots see it whole.
 */
public record Environment(
        Clock clock,
        EventLoops loops,
        Network network,
        Disk disk,
        Offload offload,
        Entropy entropy) {}
