/**
 * The commands that look at regions and their brokers: {@code region list}, {@code broker describe}
 * and the like.
 *
 * <p>Never here: a process of this machine (that is {@code fleet}). Start at {@link
 * io.tombolo.cli.region.RegionCommands}.
 */
@NullMarked
package io.tombolo.cli.region;

import org.jspecify.annotations.NullMarked;
