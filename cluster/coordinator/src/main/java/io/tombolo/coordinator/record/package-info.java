/**
 * The primitive types of Kafka's message format, for the records that coordinators keep on internal
 * topics.
 *
 * <p>Lives here: reading and writing numbers, strings, bytes and arrays, plain and flexible.
 *
 * <p>Must never live here: what a record means, which is the business of the coordinator that owns
 * the topic; requests and responses, which {@code protocol} encodes.
 *
 * <p>Start reading at {@link io.tombolo.coordinator.record.RecordWriter}.
 */
@NullMarked
package io.tombolo.coordinator.record;

import org.jspecify.annotations.NullMarked;
