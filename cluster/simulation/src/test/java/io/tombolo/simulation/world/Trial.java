package io.tombolo.simulation.world;

import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Shape;

/** What decides a world from its first event to its last, but for a script that was shortened. */
public record Trial(long seed, Shape shape, Variant variant) {}
