/**
 * What must hold in every world, and the watches that look after every event whether it does.
 *
 * <p>Lives here: the laws, what each watch remembers to check them, and the list of interesting
 * situations. Must never live here: anything that changes a world. Start reading at {@link
 * io.tombolo.simulation.law.SiteWatch}.
 */
@NullMarked
package io.tombolo.simulation.law;

import org.jspecify.annotations.NullMarked;
