/**
 * Worlds that are wrong in one place, to show that the laws notice.
 *
 * <p>Lives here: the broken variants and how they are broken. Must never live here: anything that a
 * sound world needs. Start reading at {@link io.tombolo.simulation.mutant.Variant}.
 */
@NullMarked
package io.tombolo.simulation.mutant;

import org.jspecify.annotations.NullMarked;
