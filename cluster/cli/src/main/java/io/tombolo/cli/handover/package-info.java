/**
 * Failovers: the unplanned one, and the planned one that loses nothing.
 *
 * <p>Lives here: {@code failover} and what is below it, and the order in which the steps of a
 * planned failover are asked for. Must never live here: what a region may decide; it is asked, and
 * its own log has the last word.
 *
 * <p>Start reading at {@link io.tombolo.cli.handover.PlannedFailover}.
 */
@NullMarked
package io.tombolo.cli.handover;

import org.jspecify.annotations.NullMarked;
