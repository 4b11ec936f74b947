/**
 * The asking side of Kafka's wire format.
 *
 * <p>Lives here: the encoding of requests, the guarded decoding of responses, the choice of a
 * version that both ends speak, and the table that matches responses to requests.
 *
 * <p>Must never live here: connections, retries, timeouts. The caller owns the connection and the
 * clock; these are pure functions and one small table.
 *
 * <p>Start reading at {@link io.tombolo.protocol.client.RequestEncoder} and {@link
 * io.tombolo.protocol.client.ResponseDecoder}.
 */
@NullMarked
package io.tombolo.protocol.client;

import org.jspecify.annotations.NullMarked;
