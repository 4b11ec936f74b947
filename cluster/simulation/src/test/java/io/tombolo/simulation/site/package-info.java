/**
 * The regions of a world: machines, and the brokers that live on them again and again.
 *
 * <p>Lives here: the shape of a world and its machines, any number of them in a region. Must never
 * live here: what is checked, or what goes wrong. Start reading at {@link
 * io.tombolo.simulation.site.Site}.
 */
@NullMarked
package io.tombolo.simulation.site;

import org.jspecify.annotations.NullMarked;
