/**
 * The commands that speak the Kafka protocol, as any client would: topics and records.
 *
 * <p>Never here: Kafka's internal classes, admin endpoints other than through {@code admin}. Start
 * at {@link io.tombolo.cli.kafka.KafkaRegion}.
 */
@NullMarked
package io.tombolo.cli.kafka;

import org.jspecify.annotations.NullMarked;
