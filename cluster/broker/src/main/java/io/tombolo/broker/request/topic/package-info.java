/**
 * Requests about topics: what there is, and what is to be created, grown or deleted.
 *
 * <p>Lives here: one handler per API key, translating between Kafka's messages, the metadata image
 * and the controller's commands. Must never live here: the rules themselves. Start reading at
 * {@link io.tombolo.broker.request.topic.MetadataHandler}.
 */
@NullMarked
package io.tombolo.broker.request.topic;

import org.jspecify.annotations.NullMarked;
