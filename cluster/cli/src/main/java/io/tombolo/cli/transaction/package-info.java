/**
 * The commands about transactions: which are open, since when, and how one is ended.
 *
 * <p>Never here: connections to regions, which are {@code kafka}'s. Start at {@link
 * io.tombolo.cli.transaction.TransactionSight}.
 */
@NullMarked
package io.tombolo.cli.transaction;

import org.jspecify.annotations.NullMarked;
