package io.tombolo.simulation.law;

import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The laws between two regions: what is copied, and who may write. */
public final class MirrorWatch implements SiteWatch.SiteEvents {

    /** How long a role may lag behind the image that changes it: some hops between loops. */
    private static final long CASTING_NANOS = Duration.ofMillis(200).toNanos();

    /** A batch of a region as it was given out; epochs tell two lives of one offset apart. */
    private record Key(Site site, Place place, long base, int epoch) {}

    private record Original(LogImage.Batch batch, Optional<LogImage.Batch> before) {}

    private record Writer(DomainName domain, long epoch) {}

    private final List<Site> sites;
    private final DomainName domain;
    private final LongSupplier nowNanos;
    private final Happenings happenings;
    private final Map<Key, Original> history = new HashMap<>();
    private final Map<Writer, RegionId> writers = new HashMap<>();

    /** Since when a broker has known that its region may not write. */
    private final Map<Machine, Long> fencedSince = new HashMap<>();

    private boolean resumed;

    public MirrorWatch(
            List<Site> sites, DomainName domain, LongSupplier nowNanos, Happenings happenings) {
        this.sites = sites;
        this.domain = domain;
        this.nowNanos = nowNanos;
        this.happenings = happenings;
    }

    @Override
    public void appended(Site site, Place place, LogImage.Batch batch, Role role, LogImage image) {
        if (place.internal()) {
            return;
        }
        history.put(
                new Key(site, place, batch.base(), batch.epoch()),
                new Original(batch, image.before(batch.base())));
        switch (role) {
            case Role.MirrorLeader _ -> mirrored(site, place, batch, image);
            case Role.Leader leader -> written(site, place, batch, leader);
            case Role.Idle _, Role.Follower _ -> {}
        }
    }

    private void mirrored(Site site, Place place, LogImage.Batch batch, LogImage image) {
        Site source = site == sites.getFirst() ? sites.getLast() : sites.getFirst();
        Original original = history.get(new Key(source, place, batch.base(), batch.epoch()));
        Broken.unless(
                original != null && original.batch.equals(batch),
                Law.MIRROR_PREFIX,
                "%s of %s holds %s, the source gave out %s",
                place,
                site.region(),
                batch,
                original);
        Optional<LogImage.Batch> before = image.before(batch.base());
        Broken.unless(
                before.isEmpty() || before.equals(original.before),
                Law.MIRROR_PREFIX,
                "%s of %s: %s follows %s, at the source it followed %s",
                place,
                site.region(),
                batch,
                before,
                original.before);
        happenings.note(Happening.MIRRORED);
        if (resumed) {
            resumed = false;
            happenings.note(Happening.LINK_RESUMED);
        }
    }

    /** The link goes on after a pause; what it copies next shows that it does. */
    public void linkResumed() {
        resumed = true;
    }

    private void written(Site site, Place place, LogImage.Batch batch, Role.Leader leader) {
        Broken.unless(
                batch.epoch() == leader.leaderEpoch(),
                Law.LINK_SILENT,
                "%s of %s took %s while it is led in epoch %d",
                place,
                site.region(),
                batch,
                leader.leaderEpoch());
        // What the copy left open is aborted before anybody else may write.
        boolean settles =
                batch.kind() == LogImage.Kind.ABORT
                        && leader.access() instanceof Role.WriteAccess.Undecided;
        Broken.unless(
                leader.access() instanceof Role.WriteAccess.Open || settles,
                Law.FENCED,
                "%s of %s took %s although it is fenced",
                place,
                site.region(),
                batch);
        // Who is cut off has not heard of it yet: each broker acts on what it knows itself.
        Machine writer = writer(site, place, leader);
        Long fenced = fencedSince.get(writer);
        Broken.unless(
                fenced == null || nowNanos.getAsLong() - fenced < CASTING_NANOS,
                Law.FENCED,
                "%s of %s took %s, another region owns it",
                place,
                site.region(),
                batch);
        if (fenced == null) {
            ownership(writer)
                    .ifPresent(owned -> {
                        RegionId other =
                                writers.putIfAbsent(
                                        new Writer(domain, owned.epoch()), site.region());
                        Broken.unless(
                                other == null || other.equals(site.region()),
                                Law.ONE_WRITER,
                                "%s and %s both wrote under epoch %d",
                                other,
                                site.region(),
                                owned.epoch());
                    });
        }
    }

    /** In an epoch only one leads. */
    private static Machine writer(Site site, Place place, Role.Leader leader) {
        return site.machines().stream()
                .filter(machine ->
                        machine.partition(place)
                                .map(Partition::role)
                                .filter(Role.Leader.class::isInstance)
                                .filter(role -> role.leaderEpoch() == leader.leaderEpoch())
                                .isPresent())
                .findFirst()
                .orElseThrow();
    }

    private Optional<OwnershipRecord> ownership(Machine machine) {
        return machine.images().flatMap(images -> images.current().region().ownershipOf(domain));
    }

    /** Notes when brokers learn that another region owns the domain; after every event. */
    public void check(Site site) {
        site.machines().forEach(machine -> check(site, machine));
    }

    private void check(Site site, Machine machine) {
        Optional<OwnershipRecord> owned = ownership(machine);
        if (owned.isPresent()) {
            boolean own = owned.get().ownership().lets(site.region());
            if (own) {
                fencedSince.remove(machine);
            } else if (machine.node().paused()) {
                // It stands still between the image and the roles.
                fencedSince.put(machine, nowNanos.getAsLong());
            } else {
                fencedSince.putIfAbsent(machine, nowNanos.getAsLong());
            }
        }
    }

    /** Whether every broker of a region knows that it may not write. */
    public boolean fenced(Site site) {
        return site.machines().stream()
                .filter(Machine::servesClients)
                .allMatch(fencedSince::containsKey);
    }

    @Override
    public void lost(Site site, Place place, long offset) {}
}
