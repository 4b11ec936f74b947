/**
 * The group coordinator's view of this broker: {@code __consumer_offsets} as a log, topics as the
 * image has them.
 *
 * <p>Lives here: the ports of {@code io.tombolo.coordinator} on partitions and images. Must never
 * live here: what a group decides. Start reading at {@link io.tombolo.broker.group.InternalTopic}.
 */
@NullMarked
package io.tombolo.broker.group;

import org.jspecify.annotations.NullMarked;
