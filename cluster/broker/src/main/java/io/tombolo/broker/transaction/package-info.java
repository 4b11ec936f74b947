/**
 * Transactions between the brokers of a region.
 *
 * <p>Lives here: whether a partition is part of a producer's transaction, asked of the coordinator
 * wherever it is; the markers that end transactions, on their way to the leaders of partitions, and
 * their arrival there; {@code __transaction_state} as the coordinator wants it.
 *
 * <p>Must never live here: what becomes of a transaction ({@code
 * io.tombolo.coordinator.transaction}), what a leader lets in ({@code
 * io.tombolo.replication.transaction}). Start reading at {@link
 * io.tombolo.broker.transaction.TransactionGate}.
 */
@NullMarked
package io.tombolo.broker.transaction;

import org.jspecify.annotations.NullMarked;
