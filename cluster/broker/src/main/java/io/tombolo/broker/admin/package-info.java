/**
 * The admin interface: HTTP routes for operators, probes and other regions.
 *
 * <p>Lives here: JSON views of what the broker knows, and the bridge that carries region documents.
 * Must never live here: decisions; a route asks the broker's core and shows its answer. Start
 * reading at {@link io.tombolo.broker.admin.AdminRoutes}.
 */
@NullMarked
package io.tombolo.broker.admin;

import org.jspecify.annotations.NullMarked;
