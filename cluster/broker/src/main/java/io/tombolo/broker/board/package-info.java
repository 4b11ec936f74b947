/**
 * This broker's part in the registry of its region: it tells how it is, and shows how the others
 * and the other regions are.
 *
 * <p>Lives here: when a broker takes part, and what it tells. Must never live here: a decision, and
 * anything that one rests on. Who owns what is heard from the other regions themselves, by every
 * broker, and not from here.
 *
 * <p>Start reading at {@link io.tombolo.broker.board.RegionBoard}.
 */
@NullMarked
package io.tombolo.broker.board;

import org.jspecify.annotations.NullMarked;
