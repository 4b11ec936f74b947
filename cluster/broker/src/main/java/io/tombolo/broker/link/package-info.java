/**
 * Links as this broker hosts them: the ports that they work on, their start and stop, and failover.
 *
 * <p>Lives here: everything between a link module and the rest of the broker. Must never live here:
 * how a link copies; link modules are found with {@code ServiceLoader} and never named. Start
 * reading at {@link io.tombolo.broker.link.LinkSupervisor}.
 */
@NullMarked
package io.tombolo.broker.link;

import org.jspecify.annotations.NullMarked;
