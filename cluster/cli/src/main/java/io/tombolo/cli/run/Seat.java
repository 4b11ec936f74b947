package io.tombolo.cli.run;

import io.tombolo.region.topology.Region;

/** A broker of the file that is to run in this process. */
record Seat(Region.Hosted region, Region.Broker broker) {}
