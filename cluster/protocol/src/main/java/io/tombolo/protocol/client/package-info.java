/**
 * The asking side of Kafka's wire format.
 *
 * <p>Lives here: the encoding of requests, the guarded decoding of responses, the choice of a
 * version that both ends speak, the table that matches responses to requests, and one connection to
 * a broker that puts these together.
 *
 * <p>Must never live here: when to call again, whom, and what an answer means. That is decided by
 * the owner of a channel.
 *
 * <p>Start reading at {@link io.tombolo.protocol.client.ClientChannel}; what moves bytes only is in
 * {@link io.tombolo.protocol.client.RequestEncoder} and {@link
 * io.tombolo.protocol.client.ResponseDecoder}.
 */
@NullMarked
package io.tombolo.protocol.client;

import org.jspecify.annotations.NullMarked;
