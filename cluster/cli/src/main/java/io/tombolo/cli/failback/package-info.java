/**
 * The way back of a region that another one has taken topics from.
 *
 * <p>Lives here: {@code failback} and {@code divergence}: what is asked of the regions, in which
 * order, and the copying of what only one of them has. Must never live here: what may be done when,
 * for the regions decide that and remember it.
 *
 * <p>Start reading at {@link io.tombolo.cli.failback.Failback}.
 */
@NullMarked
package io.tombolo.cli.failback;

import org.jspecify.annotations.NullMarked;
