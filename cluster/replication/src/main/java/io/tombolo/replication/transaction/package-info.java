/**
 * What a partition's leader asks of batches and markers of transactions, beside what its log knows.
 *
 * <p>Lives here: which producers are known to have told their coordinator of this partition
 * (KIP-890), and the markers that coordinators send. Must never live here: asking the coordinator,
 * which the broker does; sequences, epochs and open transactions, which the log derives from its
 * batches. Start reading at {@link io.tombolo.replication.transaction.TransactionAdmission}.
 */
@NullMarked
package io.tombolo.replication.transaction;

import org.jspecify.annotations.NullMarked;
