/**
 * Clusters of several nodes, each node a process of its own: Tombolo from the jars of the
 * distribution, or a real Apache Kafka 4.4.0. Here live how they are started, killed, paused and
 * stopped, and the wires between them, which can be cut in either direction. Nothing that judges a
 * cluster belongs here. Start at {@code Nodes}.
 */
@NullMarked
package io.tombolo.nodes;

import org.jspecify.annotations.NullMarked;
