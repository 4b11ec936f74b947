/**
 * Transactions as the broker calls them.
 *
 * <p>Lives here: the way from a request on any loop to the partition of {@code __transaction_state}
 * that its transactional id lives on and back; what differs between versions of a request;
 * questions that concern many ids.
 *
 * <p>Must never live here: what becomes of a transaction ({@code
 * io.tombolo.coordinator.transaction}), how markers get to their partitions, authorisation.
 *
 * <p>Start reading at {@link io.tombolo.coordinator.transaction.entry.TransactionCoordinator}.
 */
@NullMarked
package io.tombolo.coordinator.transaction.entry;

import org.jspecify.annotations.NullMarked;
