/**
 * Kafka's configuration names: the catalogue of all of them with types, defaults and ranges, the
 * layers in which a broker finds a value, and the typed view of a topic's settings.
 *
 * <p>Lives here: the only code that knows Kafka's dotted names; everything else is given records.
 * Must never live here: a component that acts on a setting, or where settings are stored.
 *
 * <p>Start reading at {@link io.tombolo.region.config.ConfigCatalogue}, then {@link
 * io.tombolo.region.config.BrokerConfig} and {@link io.tombolo.region.config.TopicConfig}.
 */
@NullMarked
package io.tombolo.region.config;

import org.jspecify.annotations.NullMarked;
