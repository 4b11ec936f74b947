/**
 * Requests of transactional producers, of administrators of transactions, and of brokers among each
 * other about transactions.
 *
 * <p>Lives here: handing them to the coordinator and to the leaders of partitions, and what differs
 * between their versions. Must never live here: what becomes of a transaction ({@code
 * io.tombolo.coordinator.transaction}). Start reading at {@link
 * io.tombolo.broker.request.transaction.TransactionHandlers}.
 */
@NullMarked
package io.tombolo.broker.request.transaction;

import org.jspecify.annotations.NullMarked;
