/**
 * From a metadata image to partitions: which ones this broker hosts, in which role, with which
 * settings.
 *
 * <p>Lives here: opening, closing and re-casting partitions as the image wants it. Must never live
 * here: decisions, which are the controller's. Start reading at {@link
 * io.tombolo.broker.publish.PartitionPublisher}.
 */
@NullMarked
package io.tombolo.broker.publish;

import org.jspecify.annotations.NullMarked;
