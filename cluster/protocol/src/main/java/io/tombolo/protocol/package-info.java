/**
 * Kafka's wire format: frames to messages and messages to frames.
 *
 * <p>Lives here: the table of the APIs that are answered, the decoding of requests behind a guard
 * that bounds what a frame may cost before anything is built from it, the encoding of responses
 * without copying records, and the list that ApiVersions answers with. {@code .records} knows the
 * inside of record batches, {@code .client} the asking side.
 *
 * <p>Must never live here: connections, threads, clocks, files, or any knowledge of logs, topics
 * and groups. Everything is a pure function of its arguments or a plain object with one owner. This
 * module is the only one that names Kafka's {@code record.internal}, {@code compress}, {@code
 * requests}, {@code utils} and {@code protocol} internals, so that a new Kafka release is the work
 * of one module.
 *
 * <p>Start reading at {@link io.tombolo.protocol.RequestDecoder} and {@link
 * io.tombolo.protocol.ResponseEncoder}.
 */
@NullMarked
package io.tombolo.protocol;

import org.jspecify.annotations.NullMarked;
