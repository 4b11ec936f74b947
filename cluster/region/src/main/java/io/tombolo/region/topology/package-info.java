/**
 * The topology that a user describes in one file: regions, links between them, topics and failover
 * policies, as immutable records with every default already filled in.
 *
 * <p>Lives here: the model and what can be derived from it alone (broker ids, listening addresses,
 * producer-id ranges, whether a name matches a filter). Must never live here: YAML, positions in a
 * file (both are in {@code .topology.file}), sockets, or live state.
 *
 * <p>Start reading at {@link io.tombolo.region.topology.Topology}, then {@link
 * io.tombolo.region.topology.Region} and {@link io.tombolo.region.topology.LinkEntry}.
 */
@NullMarked
package io.tombolo.region.topology;

import org.jspecify.annotations.NullMarked;
