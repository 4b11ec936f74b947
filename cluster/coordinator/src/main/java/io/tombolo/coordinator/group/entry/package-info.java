/**
 * Groups as the broker calls them.
 *
 * <p>Lives here: the way from a request on any loop to the partition of {@code __consumer_offsets}
 * that its group lives on and back; what differs between versions of a request; looking up topics;
 * questions that concern many partitions.
 *
 * <p>Must never live here: what a group decides ({@code io.tombolo.coordinator.group}), holding
 * back answers ({@code io.tombolo.coordinator.runtime}), authorisation.
 *
 * <p>Start reading at {@link io.tombolo.coordinator.group.entry.GroupCoordinator}.
 */
@NullMarked
package io.tombolo.coordinator.group.entry;

import org.jspecify.annotations.NullMarked;
