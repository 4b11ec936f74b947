/**
 * The registry of a region: what its brokers, and other regions, tell of themselves, shared by the
 * brokers of one region so that each of them can show it.
 *
 * <p>Lives here: entries, each with one writer and a stamp that orders what it wrote; the registry
 * as an interface, in the memory of one process and on Hazelcast; and the bridge that brings in
 * what other regions tell. Must never live here: a decision, and anything that one rests on. With
 * the registry split, slow or gone everything goes on, and only what it shows grows old.
 *
 * <p>Start reading at {@link io.tombolo.registry.Registry}.
 */
@NullMarked
package io.tombolo.registry;

import org.jspecify.annotations.NullMarked;
