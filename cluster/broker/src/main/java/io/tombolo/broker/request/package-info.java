/**
 * Requests of Kafka clients: one connection, one exchange at a time, one handler per API key.
 *
 * <p>Lives here: decoding and ordering of requests and the way to their handlers; the handlers
 * themselves are grouped in the packages below. Must never live here: decisions about logs, groups
 * or metadata; a handler only translates. Start reading at {@link
 * io.tombolo.broker.request.ClientConnection}.
 */
@NullMarked
package io.tombolo.broker.request;

import org.jspecify.annotations.NullMarked;
