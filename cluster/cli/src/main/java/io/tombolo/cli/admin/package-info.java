/**
 * The commands that talk to the admin endpoints of brokers: health, links, failover.
 *
 * <p>Never here: the Kafka protocol, decisions that are a broker's. Start at {@link
 * io.tombolo.cli.admin.AdminApi}.
 */
@NullMarked
package io.tombolo.cli.admin;

import org.jspecify.annotations.NullMarked;
