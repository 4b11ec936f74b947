/**
 * A broker's part in handing a domain over to another region.
 *
 * <p>Lives here: fencing the partitions that this broker leads, telling where logs end on either
 * side, giving up when nobody completes a handover. Must never live here: what may be decided (the
 * controller does that), and how the other region takes the topics over (that is a promotion).
 *
 * <p>Start reading at {@link io.tombolo.broker.handover.HandoverWorker}.
 */
@NullMarked
package io.tombolo.broker.handover;

import org.jspecify.annotations.NullMarked;
