package io.tombolo.cli.run;

import io.tombolo.region.topology.Region;

/** A broker or controller of the file that is to run in this process. */
record Seat(Region.Hosted region, Region.Node node) {

    /** As people call it: {@code eu-1}, {@code eu-c1}. */
    String name() {
        return region.nameOf(node);
    }

    /** With what it is. */
    String title() {
        return (node instanceof Region.Broker ? "broker " : "controller ") + name();
    }
}
