package io.tombolo.region.ownership;

import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The ownership records that one region has committed. Immutable and pure: a claim or a foreign
 * record yields the record to commit, and {@link #with} gives the ledger after the commit.
 *
 * <pre>
 * in force          event                                   next record
 * none              claim by R expecting 0                  R, 1, as claimed
 * e, owner R        claim by S expecting e                  S, e + 1, as claimed
 * e, R may write    claim by R expecting e                  refused: already owner
 * e, R may write    claim of a handover by R expecting e    R, e + 1, HANDOVER: nobody writes
 * e, HANDOVER by R  claim by R or S expecting e             R or S, e + 1: whichever R's log has
 *                                                           first, the other one is stale
 * e, R may not      claim of a handover by R                refused: not owner
 * e                 claim expecting another epoch           refused: stale
 * e                 record of a higher epoch observed       that record; what was taken over
 *                                                           before stays so, unless it tells itself
 * e                 the same or a lower epoch observed      none: old news
 * e                 the same, with what was taken over,     that record
 *                   which we have not kept
 * e, HANDOVER by R  e, FORCED by S observed                 S, e + 1, FORCED: nobody wrote under
 *                                                           the handover that S had not heard of
 * e, owner R        e with another owner or mode observed   e + 1, DISPUTED: nobody writes until
 *                                                           an operator claims e + 2
 * </pre>
 *
 * <p>The last line is two forced claims on both sides of a partition. Both sides derive the same
 * record from it, whatever the order in which they meet, and both stop writing.
 */
public final class OwnershipLedger {

    /** No domain has an owner. */
    public static final OwnershipLedger EMPTY =
            new OwnershipLedger(new TreeMap<>(), Precedence.BY_EPOCH);

    private final SortedMap<DomainName, Ownership> records;
    private final Precedence precedence;

    private OwnershipLedger(SortedMap<DomainName, Ownership> records, Precedence precedence) {
        this.records = Collections.unmodifiableSortedMap(records);
        this.precedence = precedence;
    }

    /** A ledger of committed records; of two for one domain the one with the higher epoch stays. */
    public static OwnershipLedger of(Collection<Ownership> records) {
        OwnershipLedger ledger = EMPTY;
        for (Ownership record : records) {
            ledger = ledger.with(record);
        }
        return ledger;
    }

    /** An empty ledger with other rules, for tests of the tests. */
    static OwnershipLedger ruledBy(Precedence precedence) {
        return new OwnershipLedger(new TreeMap<>(), precedence);
    }

    /** The record in force for the domain. */
    public Optional<Ownership> find(DomainName domain) {
        return Optional.ofNullable(records.get(domain));
    }

    /** The epoch in force for the domain; 0 when it has no record. */
    public long epochOf(DomainName domain) {
        return find(domain).map(Ownership::epoch).orElse(0L);
    }

    /** All records in force, ordered by domain. */
    public List<Ownership> records() {
        return List.copyOf(records.values());
    }

    /**
     * Whether this region may append to the domain as far as ownership is concerned: it owns it, or
     * nobody has ever claimed it.
     */
    public boolean mayWrite(DomainName domain, RegionId region) {
        return find(domain).map(record -> record.lets(region)).orElse(true);
    }

    /**
     * Asks for the next epoch of a domain.
     *
     * @param region the owner to be
     * @param expectedEpoch the epoch that the claimant has seen; 0 when it has seen no record
     * @param mode under which the region will own it
     */
    public Claim claim(
            DomainName domain, RegionId region, long expectedEpoch, Ownership.Mode mode) {
        long currentEpoch = epochOf(domain);
        if (expectedEpoch != currentEpoch) {
            return new Claim.StaleEpoch(expectedEpoch, currentEpoch);
        }
        Ownership current = records.get(domain);
        boolean handsOver = mode == Ownership.Mode.HANDOVER;
        if (current != null && current.lets(region) && !handsOver) {
            return new Claim.AlreadyOwner(current);
        }
        if (handsOver && (current == null || !current.lets(region))) {
            return new Claim.NotOwner(find(domain));
        }
        if (current != null && currentEpoch == Ownership.EPOCH_MAX) {
            return new Claim.Exhausted(current);
        }
        return new Claim.Granted(new Ownership(domain, region, currentEpoch + 1, mode));
    }

    /**
     * Compares records of another region with ours.
     *
     * @return the records to commit here, ordered by domain, at most one for each; empty when there
     *     is nothing new
     */
    public List<Ownership> observe(Collection<Ownership> remote) {
        OwnershipLedger after = this;
        for (Ownership record : remote) {
            after = after.meeting(record);
        }
        var news = new ArrayList<Ownership>();
        for (Ownership record : after.records()) {
            if (!record.equals(records.get(record.domain()))) {
                news.add(record);
            }
        }
        return news;
    }

    /**
     * The ledger after this record has been committed; the same ledger when the record does not
     * have a higher epoch than the one in force.
     */
    public OwnershipLedger with(Ownership record) {
        if (!precedence.replaces(record, epochOf(record.domain()))) {
            return this;
        }
        return replacing(record);
    }

    private OwnershipLedger replacing(Ownership record) {
        var changed = new TreeMap<>(records);
        changed.put(record.domain(), record);
        return new OwnershipLedger(changed, precedence);
    }

    private static Ownership keeping(Ownership record, @Nullable Ownership current) {
        return current == null ? record : current.takeover().map(record::with).orElse(record);
    }

    /** A broker of an older release has kept less of the same record. */
    private static boolean tellsMore(Ownership record, Ownership current) {
        return record.agrees(current)
                && record.takeover().isPresent()
                && current.takeover().isEmpty();
    }

    private OwnershipLedger meeting(Ownership record) {
        Ownership current = records.get(record.domain());
        if (current == null || record.epoch() != current.epoch()) {
            return with(record.takeover().isPresent() ? record : keeping(record, current));
        }
        if (tellsMore(record, current)) {
            return replacing(record);
        }
        if (!contradicts(record, current)) {
            return this;
        }
        return with(precedence.settle(current, record));
    }

    private static boolean contradicts(Ownership record, Ownership current) {
        return record.epoch() == current.epoch()
                && !record.agrees(current)
                && current.epoch() < Ownership.EPOCH_MAX;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OwnershipLedger ledger && ledger.records.equals(records);
    }

    @Override
    public int hashCode() {
        return records.hashCode();
    }

    @Override
    public String toString() {
        return records.values().toString();
    }
}
