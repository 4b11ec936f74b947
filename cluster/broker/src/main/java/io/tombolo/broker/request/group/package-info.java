/**
 * Requests of consumer groups.
 *
 * <p>Lives here: handing them to the coordinator and finding it. Must never live here: what a group
 * decides ({@code io.tombolo.coordinator}). Start reading at {@link
 * io.tombolo.broker.request.group.GroupHandlers}.
 */
@NullMarked
package io.tombolo.broker.request.group;

import org.jspecify.annotations.NullMarked;
