/**
 * Transactions that a failover tears: an asynchronous copy may have the end of a transaction in one
 * partition and not in another.
 *
 * <p>Lives here: finding in a log whether a transaction is committed there that another partition
 * has open, and what there is to tell once all leaders have looked. Must never live here: when they
 * look, and what becomes of the transactions ({@code io.tombolo.broker.link}). Start reading at
 * {@link io.tombolo.broker.torn.CommittedSearch}.
 */
@NullMarked
package io.tombolo.broker.torn;

import org.jspecify.annotations.NullMarked;
