/**
 * Requests that move records or ask where they are: Produce, Fetch, ListOffsets and their kin.
 *
 * <p>Lives here: one handler per API key, each of which only splits a request by partition and puts
 * the answers together. Must never live here: what a partition decides. Start reading at {@link
 * io.tombolo.broker.request.data.ProduceHandler}.
 */
@NullMarked
package io.tombolo.broker.request.data;

import org.jspecify.annotations.NullMarked;
