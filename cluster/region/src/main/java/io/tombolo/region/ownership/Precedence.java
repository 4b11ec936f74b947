package io.tombolo.region.ownership;

import java.util.Optional;

/** The two rules on which the safety of the ledger rests, apart so that tests can break them. */
interface Precedence {

    /** The rules of the product. */
    Precedence BY_EPOCH =
            new Precedence() {
                @Override
                public boolean replaces(Ownership candidate, long currentEpoch) {
                    return candidate.epoch() > currentEpoch;
                }

                @Override
                public Ownership settle(Ownership one, Ownership other) {
                    var first = one.owner().compareTo(other.owner()) <= 0 ? one : other;
                    var second = first == one ? other : one;
                    var writer = writer(one, other);
                    var next =
                            new Ownership(
                                    first.domain(),
                                    writer.orElse(first).owner(),
                                    first.epoch() + 1,
                                    writer.isPresent()
                                            ? Ownership.Mode.FORCED
                                            : Ownership.Mode.DISPUTED,
                                    first.takeover());
                    return second.takeover().map(next::with).orElse(next);
                }

                /** Whom both records allow to go on: nobody else has written under either. */
                private Optional<Ownership> writer(Ownership one, Ownership other) {
                    if (one.isWritten() && other.isWritten()) {
                        return Optional.of(one).filter(_ -> one.owner().equals(other.owner()));
                    }
                    var written = one.isWritten() ? one : other;
                    var handover = written == one ? other : one;
                    return Optional.of(written)
                            .filter(Ownership::isWritten)
                            .filter(_ -> handover.mode() == Ownership.Mode.HANDOVER);
                }
            };

    /** Whether the candidate takes the place of a record with this epoch. */
    boolean replaces(Ownership candidate, long currentEpoch);

    /**
     * The record that follows when two regions hold different records of one epoch. Every region
     * that sees both must come to the same one, in either order, and nobody may write under it.
     */
    Ownership settle(Ownership one, Ownership other);
}
