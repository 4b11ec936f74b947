/**
 * What simulations of one machine share: a world that draws its story from a seed, the claims that
 * must hold in it, and the runs over many seeds.
 *
 * <p>Lives here: what does not depend on the machine. Must never live here: a claim, a fault or a
 * client of one of them. Start reading at {@link io.tombolo.environment.story.World}.
 */
package io.tombolo.environment.story;
