/**
 * Whole regions in one thread, on virtual time, with faults drawn from a seed.
 *
 * <p>Lives here: the tests: which seeds are run, what must have happened in them, how a failing one
 * is made short, and that every law notices the variant that breaks it. Must never live here:
 * product code, a test of one module alone, or the world itself ({@code .world}, of {@code .site},
 * {@code .client}, {@code .law}, {@code .fault} and {@code .mutant}). Start reading at {@link
 * io.tombolo.simulation.Seeds}.
 */
@NullMarked
package io.tombolo.simulation;

import org.jspecify.annotations.NullMarked;
