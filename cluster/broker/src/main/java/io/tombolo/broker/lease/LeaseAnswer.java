package io.tombolo.broker.lease;

import io.tombolo.region.lease.LeaseLedger.Holding;

import java.util.List;
import java.util.Optional;

/** What the ledger says to the wishes of one question. */
sealed interface LeaseAnswer {

    /** The site that was asked does not lead the ledger. */
    record NotLeader(int leaderId) implements LeaseAnswer {}

    /** What became of each wish, in their order. */
    record Told(List<Outcome> outcomes) implements LeaseAnswer {

        public Told {
            outcomes = List.copyOf(outcomes);
        }
    }

    /** What became of a wish. */
    sealed interface Outcome {

        /** It is so. */
        record Given() implements Outcome {}

        /** Another region may still write, for at most this long unless it renews. */
        record Wait(Holding holding, long nanos) implements Outcome {}

        /** It is not so, because of the lease that there is. */
        record Refused(Optional<Holding> holding) implements Outcome {}
    }
}
