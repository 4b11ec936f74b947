package io.tombolo.broker.lease;

import io.tombolo.broker.Images;
import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.Lease;
import io.tombolo.region.lease.LeaseLedger.Holding;
import io.tombolo.region.lease.LeaseLedger.Wish;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The leases of one broker. Each broker of the region that owns a domain asks for its own, and
 * counts by its own clock: no broker depends on another one, and none says for another that it has
 * stopped. Confined to the loop; the leases themselves are read from everywhere.
 */
final class LeaseKeeper {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long CLAIM_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Place place;
    private final Lease.Terms terms;
    private final LeaseDuties duties;
    private final LedgerRoute route;
    private final Map<DomainName, Lease> leases = new ConcurrentSkipListMap<>();
    private final Set<Wish.PassOn> passedOn = new HashSet<>();
    private boolean asking;
    private boolean again;
    private boolean soon;
    private boolean closed;

    /** Where it runs. */
    record Place(EventLoop loop, Clock clock, Images images) {}

    LeaseKeeper(Place place, Lease.Terms terms, LeaseDuties duties, LedgerRoute route) {
        this.place = place;
        this.terms = terms;
        this.duties = duties;
        this.route = route;
    }

    /** Begins to ask, and goes on with it. */
    void start() {
        if (!closed) {
            renew();
            place.loop().schedule(terms.renewalNanos(), this::start);
        }
    }

    void close() {
        closed = true;
    }

    /** What to look at before a write to these domains is taken, or acknowledged; any thread. */
    List<Lease.Hold> holds(MetadataImage image, Set<DomainName> domains) {
        var holds = new ArrayList<Lease.Hold>();
        for (DomainName domain : domains) {
            OptionalLong epoch = duties.epoch(image, domain);
            if (epoch.isPresent()) {
                holds.add(new Lease.Hold(leaseOf(domain), epoch.getAsLong()));
            }
        }
        return holds;
    }

    /** The same of all domains that this region writes to. */
    List<Lease.Hold> holds(MetadataImage image) {
        return holds(image, duties.domains(image));
    }

    private Lease leaseOf(DomainName domain) {
        return leases.computeIfAbsent(domain, _ -> new Lease(terms));
    }

    /** The domains that this broker may write to now. */
    List<DomainName> held(MetadataImage image) {
        long now = place.clock().nanoTime();
        return leases.keySet().stream()
                .filter(domain ->
                        holds(image, Set.of(domain)).stream().anyMatch(hold -> hold.heldAt(now)))
                .toList();
    }

    // --- what this broker writes to

    /**
     * Asks for what the metadata say now; at once, or when the answer to the last question is
     * there.
     */
    void renew() {
        if (asking) {
            again = true;
            return;
        }
        List<Wish> all = duties.wishes(place.images().current());
        passedOn.retainAll(all);
        List<Wish> wishes =
                all.stream()
                        .filter(wish -> !(wish instanceof Wish.PassOn on && passedOn.contains(on)))
                        .limit(LedgerWire.WISHES_MAX)
                        .toList();
        if (wishes.isEmpty() || closed) {
            return;
        }
        asking = true;
        long askedNanos = place.clock().nanoTime();
        route.ask(
                wishes,
                answer -> {
                    asking = false;
                    answer.ifPresent(told -> heard(wishes, told, askedNanos));
                    if (again) {
                        again = false;
                        renew();
                    }
                });
    }

    private void heard(List<Wish> wishes, LeaseAnswer.Told told, long askedNanos) {
        int count = Math.min(wishes.size(), told.outcomes().size());
        boolean waits = false;
        for (int index = 0; index < count; index++) {
            LeaseAnswer.Outcome outcome = told.outcomes().get(index);
            switch (wishes.get(index)) {
                case Wish.Hold hold -> {
                    if (outcome instanceof LeaseAnswer.Outcome.Given) {
                        leaseOf(hold.domain()).given(hold.epoch(), askedNanos);
                    }
                    waits |= outcome instanceof LeaseAnswer.Outcome.Wait;
                }
                case Wish.PassOn on -> passedOn.add(on);
            }
        }
        if (waits && !soon) {
            // What was handed over to this region is passed on any moment.
            soon = true;
            place.loop()
                    .schedule(
                            PAUSE_NANOS,
                            () -> {
                                soon = false;
                                renew();
                            });
        }
    }

    // --- what this region takes over

    /** What became of a claim. */
    sealed interface Claimed {

        /** The lease is this region's; nobody else writes. */
        record Given() implements Claimed {}

        /** The domain has moved on: the ledger has it under this or a later epoch. */
        record MovedOn(Holding holding) implements Claimed {}

        /** The region that has it goes on renewing the lease: it lives. */
        record Renewed(RegionId holder) implements Claimed {}

        /** No majority of the sites answered in time. */
        record NoMajority() implements Claimed {}
    }

    /** A claim under way. */
    private record Claim(Wish.Hold wish, long deadlineNanos, Optional<Holding> waitsFor) {}

    /**
     * Takes a domain over, once the lease of the region that has it has run out.
     *
     * @param epoch the ownership epoch to be
     */
    void claim(DomainName domain, RegionId region, long epoch, Consumer<Claimed> claimed) {
        long patienceNanos = terms.granterNanos() + CLAIM_PATIENCE_NANOS;
        claim(
                new Claim(
                        new Wish.Hold(domain, region, epoch),
                        place.clock().nanoTime() + patienceNanos,
                        Optional.empty()),
                claimed);
    }

    private void claim(Claim claim, Consumer<Claimed> claimed) {
        long askedNanos = place.clock().nanoTime();
        if (closed || askedNanos - claim.deadlineNanos() >= 0) {
            claimed.accept(new Claimed.NoMajority());
            return;
        }
        route.ask(
                List.of(claim.wish()),
                answer -> {
                    Optional<LeaseAnswer.Outcome> outcome =
                            answer.flatMap(told -> told.outcomes().stream().findFirst());
                    if (outcome.isEmpty()) {
                        later(PAUSE_NANOS, claim, claimed);
                        return;
                    }
                    switch (outcome.get()) {
                        case LeaseAnswer.Outcome.Given() -> {
                            leaseOf(claim.wish().domain()).given(claim.wish().epoch(), askedNanos);
                            claimed.accept(new Claimed.Given());
                        }
                        case LeaseAnswer.Outcome.Refused(Optional<Holding> holding) ->
                                holding.ifPresentOrElse(
                                        one -> claimed.accept(new Claimed.MovedOn(one)),
                                        () -> later(PAUSE_NANOS, claim, claimed));
                        case LeaseAnswer.Outcome.Wait(Holding holding, long nanos) ->
                                await(claim, holding, nanos, claimed);
                    }
                });
    }

    private void await(Claim claim, Holding holding, long nanos, Consumer<Claimed> claimed) {
        boolean renewed =
                claim.waitsFor().filter(seen -> seen.renewals() < holding.renewals()).isPresent();
        if (renewed) {
            claimed.accept(new Claimed.Renewed(holding.region()));
            return;
        }
        var waiting = new Claim(claim.wish(), claim.deadlineNanos(), Optional.of(holding));
        later(Math.min(nanos, 5 * PAUSE_NANOS), waiting, claimed);
    }

    private void later(long nanos, Claim claim, Consumer<Claimed> claimed) {
        place.loop().schedule(nanos, () -> claim(claim, claimed));
    }
}
