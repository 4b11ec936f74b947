package io.tombolo.region.lease;

import io.tombolo.environment.Invariant;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The ledger of leases as one voter has it. Mutable, single-threaded, without I/O: entries go in as
 * the voters have agreed on them, wishes are judged by the voter that leads.
 *
 * <pre>
 * a domain held by       wish                       verdict of the leader        entry
 * nobody                 hold, by R under e         agree                        Grant
 * R under e              hold, by R under ≥ e       agree                        Renew
 * R under e              hold, by R under &lt; e       refused
 * R under e              hold, by S under ≤ e       refused
 * R under e              hold, by S under &gt; e       wait, until nothing was      Grant, void when
 *                                                   heard of R for the length    R was heard of in
 *                                                   and the margin               the meantime
 * R under e              pass on, by R, under &gt; e   agree                        Give
 * R under e              pass on, by others         refused
 * </pre>
 *
 * <p>Why two regions never write at once: a holder counts from the moment at which it asked, and
 * every voter from when it learned that the voters agreed, which is later. So whichever voter
 * leads, also one that has just started, waits longer than the holder writes, and need not know
 * when the leader before it gave the lease. What it judges rests on the renewals that it has seen,
 * and is void when there was one more. A holder that starts again holds nothing until it has asked.
 */
public final class LeaseLedger {

    /**
     * Who has the lease of a domain.
     *
     * @param epoch the ownership epoch under which the region writes; 0 where nobody ever took it
     *     over
     * @param renewals how often the lease was given, to anybody; grows with each time
     */
    public record Holding(RegionId region, long epoch, long renewals) {

        public Holding {
            if (epoch < 0 || renewals < 1) {
                throw new IllegalArgumentException(
                        "no lease under epoch %d, given %d times".formatted(epoch, renewals));
            }
        }
    }

    /** What the voters agree on, one after the other. Whether it changes anything is found then. */
    public sealed interface Entry {

        DomainName domain();

        /** The holder keeps the lease, maybe under a later epoch. */
        record Renew(DomainName domain, RegionId region, long epoch) implements Entry {}

        /**
         * The lease goes to a region because the one that had it has let it run out.
         *
         * @param renewals how often it had been given when that was judged; with one renewal more
         *     the judgement is void. 0 when nobody had it
         */
        record Grant(DomainName domain, RegionId region, long epoch, long renewals)
                implements Entry {}

        /** The holder, which writes no more, passes the lease on. */
        record Give(DomainName domain, RegionId from, RegionId to, long epoch) implements Entry {}

        /** What a snapshot says of a domain. */
        record Kept(DomainName domain, Holding holding) implements Entry {}
    }

    /** What a region asks of the ledger. */
    public sealed interface Wish {

        DomainName domain();

        /** To write under this ownership epoch. */
        record Hold(DomainName domain, RegionId region, long epoch) implements Wish {}

        /** To let another region write at once; the one that asks writes no more. */
        record PassOn(DomainName domain, RegionId from, RegionId to, long epoch) implements Wish {}
    }

    /** What becomes of a wish. */
    public sealed interface Verdict {

        /** Yes, when the voters agree on this entry, and find it valid then. */
        record Agree(Entry entry) implements Verdict {}

        /**
         * Another region may still write.
         *
         * @param holding its lease
         * @param nanos after which it may not any more, unless it renews the lease
         */
        record Wait(Holding holding, long nanos) implements Verdict {}

        /** No: the lease is under a later epoch, or not the asker's to pass on. */
        record Refused(Optional<Holding> holding) implements Verdict {}
    }

    private final Lease.Terms terms;
    private final Set<LeaseRule> rules;
    private final Map<DomainName, Heard> domains = new TreeMap<>();

    /** A lease, and when this voter last heard that it was given. */
    private record Heard(Holding holding, long nanos) {}

    public LeaseLedger(Lease.Terms terms) {
        this(terms, EnumSet.allOf(LeaseRule.class));
    }

    LeaseLedger(Lease.Terms terms, Set<LeaseRule> rules) {
        this.terms = terms;
        this.rules = rules;
    }

    /** Forgets everything, before a snapshot is taken in. */
    public void clear() {
        domains.clear();
    }

    /** Who has the lease of a domain. */
    public Optional<Holding> holding(DomainName domain) {
        return Optional.ofNullable(domains.get(domain)).map(Heard::holding);
    }

    /** All there is, for a snapshot; ordered by domain. */
    public List<Entry> kept() {
        var all = new ArrayList<Entry>();
        domains.forEach((domain, heard) -> all.add(new Entry.Kept(domain, heard.holding())));
        return all;
    }

    /**
     * Takes in what the voters have agreed on, in that order.
     *
     * @return whether it was valid: the same at each voter
     */
    public boolean apply(Entry entry, long nowNanos) {
        @Nullable Heard heard = domains.get(entry.domain());
        Optional<Holding> next = next(entry, heard == null ? null : heard.holding());
        next.ifPresent(holding -> domains.put(entry.domain(), new Heard(holding, nowNanos)));
        return next.isPresent();
    }

    private Optional<Holding> next(Entry entry, @Nullable Holding holding) {
        long given = holding == null ? 0 : holding.renewals();
        return switch (entry) {
            case Entry.Kept kept -> Optional.of(kept.holding());
            case Entry.Renew renew ->
                    holding != null
                                    && holding.region().equals(renew.region())
                                    && renew.epoch() >= holding.epoch()
                            ? Optional.of(new Holding(renew.region(), renew.epoch(), given + 1))
                            : Optional.empty();
            case Entry.Grant grant ->
                    (grant.renewals() == given || !rules.contains(LeaseRule.SEEN_RENEWALS))
                                    && isLater(grant.epoch(), holding)
                            ? Optional.of(new Holding(grant.region(), grant.epoch(), given + 1))
                            : Optional.empty();
            case Entry.Give give ->
                    holding != null
                                    && holding.region().equals(give.from())
                                    && isLater(give.epoch(), holding)
                            ? Optional.of(new Holding(give.to(), give.epoch(), given + 1))
                            : Optional.empty();
        };
    }

    private boolean isLater(long epoch, @Nullable Holding holding) {
        return holding == null || epoch > holding.epoch() || !rules.contains(LeaseRule.EPOCH_GROWS);
    }

    /**
     * Judges a wish; changes nothing. Only the voter that leads and has taken in all that was
     * agreed on under earlier leaders may be asked.
     */
    public Verdict judge(Wish wish, long nowNanos) {
        @Nullable Heard heard = domains.get(wish.domain());
        return switch (wish) {
            case Wish.Hold hold -> judge(hold, heard, nowNanos);
            case Wish.PassOn pass -> {
                var give = new Entry.Give(pass.domain(), pass.from(), pass.to(), pass.epoch());
                boolean valid = next(give, heard == null ? null : heard.holding()).isPresent();
                yield valid ? new Verdict.Agree(give) : new Verdict.Refused(holding(wish.domain()));
            }
        };
    }

    private Verdict judge(Wish.Hold hold, @Nullable Heard heard, long nowNanos) {
        if (heard == null) {
            return new Verdict.Agree(
                    new Entry.Grant(hold.domain(), hold.region(), hold.epoch(), 0));
        }
        Holding holding = heard.holding();
        if (holding.region().equals(hold.region()) && hold.epoch() >= holding.epoch()) {
            return new Verdict.Agree(new Entry.Renew(hold.domain(), hold.region(), hold.epoch()));
        }
        if (holding.region().equals(hold.region()) || !isLater(hold.epoch(), holding)) {
            return new Verdict.Refused(Optional.of(holding));
        }
        long waitedNanos = nowNanos - heard.nanos();
        Invariant.check(waitedNanos >= 0, "heard at %d, asked at %d", heard.nanos(), nowNanos);
        long leftNanos = terms.granterNanos() - waitedNanos;
        return leftNanos > 0 && rules.contains(LeaseRule.WAIT)
                ? new Verdict.Wait(holding, leftNanos)
                : new Verdict.Agree(
                        new Entry.Grant(
                                hold.domain(), hold.region(), hold.epoch(), holding.renewals()));
    }
}
