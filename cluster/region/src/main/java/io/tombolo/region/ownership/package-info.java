/**
 * Who may write to what: the ownership ledger, a pure state machine over epochs.
 *
 * <p>Lives here: the rule that an ownership record is only ever replaced by one of a higher epoch,
 * who may claim the next epoch, what to do with the records of other regions. Must never live here:
 * where records are stored (the metadata log), how they travel (the registry), clocks or threads.
 *
 * <p>Start reading at {@link io.tombolo.region.ownership.OwnershipLedger}.
 */
@NullMarked
package io.tombolo.region.ownership;

import org.jspecify.annotations.NullMarked;
