/**
 * What regions tell each other about themselves: their brokers, their ownership records and how far
 * their links are.
 *
 * <p>Lives here: the document, its JSON form, the notice-board as an interface and its in-memory
 * form for one process and for simulations. Must never live here: a decision. Whoever reads a
 * document gets advice; ownership is decided by {@code .ownership} and the metadata log.
 *
 * <p>Start reading at {@link io.tombolo.region.registry.RegionDocument}, then {@link
 * io.tombolo.region.registry.RegionRegistry}.
 */
@NullMarked
package io.tombolo.region.registry;

import org.jspecify.annotations.NullMarked;
