/**
 * What a broker does for topics that come back to its region after another one had taken them over.
 *
 * <p>Lives here: what there is to do by the metadata, how that which only this region has is found
 * and counted, and when replicas are cut. Must never live here: which steps are allowed (the
 * controller decides), how records are copied (links do that) and what an operator sees.
 *
 * <p>Start reading at {@link io.tombolo.broker.failback.ReturnWorker}.
 */
@NullMarked
package io.tombolo.broker.failback;

import org.jspecify.annotations.NullMarked;
