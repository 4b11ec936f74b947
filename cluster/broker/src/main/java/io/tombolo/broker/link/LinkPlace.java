package io.tombolo.broker.link;

import io.tombolo.environment.EventLoop;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Topology;

/**
 * Where links run.
 *
 * @param region the destination: this region
 * @param loop the loop of the controller and of all links
 */
public record LinkPlace(Topology topology, RegionId region, int brokerId, EventLoop loop) {}
