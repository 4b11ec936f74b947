/**
 * One broker: the only place that knows all parts and wires them.
 *
 * <p>Lives here: start and stop of a broker, and the publishing of metadata images to the parts
 * that act on them. Must never live here: rules about logs, groups or links. Start reading at
 * {@link io.tombolo.broker.Broker}.
 */
@NullMarked
package io.tombolo.broker;

import org.jspecify.annotations.NullMarked;
