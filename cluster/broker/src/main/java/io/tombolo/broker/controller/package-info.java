/**
 * A controller that is a process of its own: it votes about the metadata of its region, decides
 * while it leads, and serves no clients.
 *
 * <p>Lives here: its life from the data directory to the listener, on any environment and on this
 * machine, and its admin interface.
 *
 * <p>Must never live here: what controllers decide (that is {@code io.tombolo.controller}), and how
 * they are wired ({@link io.tombolo.broker.ControllerCore}).
 *
 * <p>Start reading at {@link io.tombolo.broker.controller.ControllerNode}.
 */
@NullMarked
package io.tombolo.broker.controller;

import org.jspecify.annotations.NullMarked;
