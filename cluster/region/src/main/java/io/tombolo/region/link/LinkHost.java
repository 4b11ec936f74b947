package io.tombolo.region.link;

import io.tombolo.environment.Clock;
import io.tombolo.environment.Entropy;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Network;

/**
 * Everything a link sees of its broker.
 *
 * @param loop the loop that owns the link: calls to the link arrive on it, and all ports are called
 *     and answer on it
 */
public record LinkHost(EventLoop loop, Clock clock, Network network, Entropy entropy, Ports ports) {

    /** What the broker does for a link. */
    public record Ports(MirrorLog mirrorLog, LinkAdmin admin, GroupOffsets groups) {}

    public MirrorLog mirrorLog() {
        return ports.mirrorLog();
    }

    public LinkAdmin admin() {
        return ports.admin();
    }

    public GroupOffsets groups() {
        return ports.groups();
    }
}
