package io.tombolo.broker.quorum;

import io.tombolo.environment.Endpoint;

/**
 * Another broker of the region as it must present itself.
 *
 * @param clusterId of the region
 * @param internal where it listens for brokers
 */
public record Peer(String clusterId, int nodeId, Endpoint internal) {}
