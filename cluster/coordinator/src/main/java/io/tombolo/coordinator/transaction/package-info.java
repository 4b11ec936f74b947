/**
 * Transactions of producers, kept on {@code __transaction_state} in Kafka's record format.
 *
 * <p>Lives here: which producer id and epoch a transactional id has, which partitions its open
 * transaction has touched, how it ended, and which markers are still to be written. Both of Kafka's
 * protocols are spoken: the one in which a client keeps its epoch, and the one in which each end
 * raises it (KIP-890).
 *
 * <p>Must never live here: who leads a partition and how a marker gets there (a committed decision
 * is told as a {@link io.tombolo.coordinator.transaction.TransactionEvent}, what became of it comes
 * back as a command), offsets that groups commit in a transaction, the wire, loops, clocks: this
 * package is pure.
 *
 * <p>Start reading at {@link io.tombolo.coordinator.transaction.Transaction}, then {@link
 * io.tombolo.coordinator.transaction.TransactionMachine}.
 */
@NullMarked
package io.tombolo.coordinator.transaction;

import org.jspecify.annotations.NullMarked;
