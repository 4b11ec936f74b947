/**
 * Quotas of clients (KIP-13, KIP-546, KIP-599): what a user or a client id may produce and consume.
 *
 * <p>Lives here: what a quota is for, which values are legal, which of several applies, and who has
 * used up what.
 *
 * <p>Must never live here: how a connection is held back, which is the business of the connection;
 * how fast replicas are copied, which {@code replication.quota} limits.
 *
 * <p>Start reading at {@link io.tombolo.broker.quota.ClientQuotas}.
 */
@NullMarked
package io.tombolo.broker.quota;

import org.jspecify.annotations.NullMarked;
