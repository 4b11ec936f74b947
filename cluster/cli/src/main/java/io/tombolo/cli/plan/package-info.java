/**
 * The verbs of the topology file: {@code diff}, {@code plan}, {@code apply}, {@code export}, and
 * {@code explain} of a path.
 *
 * <p>Never here: what is to be changed, and whether it may still be; {@code io.tombolo.region.plan}
 * decides that. Start at {@link io.tombolo.cli.plan.Planning}.
 */
@NullMarked
package io.tombolo.cli.plan;

import org.jspecify.annotations.NullMarked;
