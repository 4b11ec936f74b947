/**
 * The bridge between the registries of regions: it tells the other regions what this one says of
 * itself, and keeps copies of what they say in the registry of this one.
 *
 * <p>Lives here: who of a region asks whom when, and gives up asking for how long. Must never live
 * here: how a question gets there, and anything that writes in the name of another region but what
 * that one has said.
 *
 * <p>Start reading at {@link io.tombolo.registry.bridge.RegionBridge}.
 */
@NullMarked
package io.tombolo.registry.bridge;

import org.jspecify.annotations.NullMarked;
