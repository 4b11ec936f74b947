/**
 * Requests about the cluster as a whole: what it serves, who is in it, its quorum and features.
 *
 * <p>Lives here: one handler per API key. Must never live here: topics and configs, which have
 * packages of their own. Start reading at {@link
 * io.tombolo.broker.request.cluster.ApiVersionsHandler}.
 */
@NullMarked
package io.tombolo.broker.request.cluster;

import org.jspecify.annotations.NullMarked;
