/**
 * What a topic may be called, and who may change it.
 *
 * <p>Lives here: rules that refuse, given an image ({@link io.tombolo.controller.topic.OwnerRules},
 * {@link io.tombolo.controller.topic.TopicName}). Must never live here: what is done when nothing
 * is refused, clocks, anything that remembers. Who owns what is told by the metadata, by the law of
 * {@code io.tombolo.region.ownership}.
 *
 * <p>Start reading at {@link io.tombolo.controller.topic.OwnerRules}.
 */
@NullMarked
package io.tombolo.controller.topic;

import org.jspecify.annotations.NullMarked;
