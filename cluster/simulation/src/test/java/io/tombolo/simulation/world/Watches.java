package io.tombolo.simulation.world;

import io.tombolo.broker.replica.UncleanLeaders;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.simulation.client.ConsumerMember;
import io.tombolo.simulation.client.Member;
import io.tombolo.simulation.client.Records;
import io.tombolo.simulation.fault.Trouble;
import io.tombolo.simulation.law.Broken;
import io.tombolo.simulation.law.GroupWatch;
import io.tombolo.simulation.law.Happening;
import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.law.Law;
import io.tombolo.simulation.law.LineageWatch;
import io.tombolo.simulation.law.LogImage;
import io.tombolo.simulation.law.MirrorWatch;
import io.tombolo.simulation.law.ReturnWatch;
import io.tombolo.simulation.law.Sent;
import io.tombolo.simulation.law.SiteWatch;
import io.tombolo.simulation.law.TransactionWatch;
import io.tombolo.simulation.mutant.Misdeeds;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.site.Site;
import io.tombolo.storage.log.Recovery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/** All watches of a world, and who tells them what. */
final class Watches
        implements Records, Machine.Hearing, Trouble.Toll, Member.Hearing, ConsumerMember.Hearing {

    private static final Set<String> DURABLE = Set.of("ledger");

    private final Map<Site, SiteWatch> sites = new LinkedHashMap<>();
    private final Map<Machine, Site> homes = new HashMap<>();
    private final Map<String, Machine> byHost = new HashMap<>();
    private final MirrorWatch mirrors;
    private final GroupWatch groups;
    private final ReturnWatch returns;
    private final Map<Site, TransactionWatch> transactions = new LinkedHashMap<>();
    private final Misdeeds misdeeds;
    private final Happenings happenings;
    private final Map<RegionId, Integer> generations = new HashMap<>();
    private Optional<Operator> operator = Optional.empty();
    private Optional<Operator> otherOperator = Optional.empty();

    Watches(
            List<Site> all,
            DomainName domain,
            boolean transactional,
            Misdeeds misdeeds,
            LongSupplier nowNanos,
            Happenings happenings) {
        Site source = all.getFirst();
        this.misdeeds = misdeeds;
        this.happenings = happenings;
        this.mirrors = new MirrorWatch(all, domain, nowNanos, happenings);
        this.returns = new ReturnWatch(this::of, all, misdeeds, happenings);
        this.groups =
                new GroupWatch(
                        source.region(),
                        new GroupWatch.Views(
                                site -> of(site).doubts(),
                                site -> of(site).image(Place.OFFSETS).end(),
                                this::copyEnd),
                        happenings);
        for (Site site : all) {
            // A link does not copy flush.messages: a mirror is as durable as its region chooses.
            Set<String> durable = site == source ? DURABLE : Set.of();
            var watch = new SiteWatch(site, durable, Steward::owns, misdeeds, happenings);
            watch.tell(mirrors);
            watch.tell(groups);
            watch.tell(returns);
            sites.put(site, watch);
            if (transactional) {
                transactions.put(site, watching(site, happenings));
            }
            for (Machine machine : site.machines()) {
                homes.put(machine, site);
                byHost.put(machine.host(), machine);
            }
        }
    }

    private TransactionWatch watching(Site site, Happenings seen) {
        var relevant = new ArrayList<>(Shape.PLACES);
        relevant.addAll(Place.TRANSACTIONS);
        relevant.add(Place.OFFSETS);
        return new TransactionWatch(
                "mill-" + site,
                place -> of(site).image(place),
                place -> Math.max(of(site).image(place).end(), longestLog(site, place)),
                () -> relevant.stream().anyMatch(of(site)::shortened),
                seen);
    }

    private static long longestLog(Site site, Place place) {
        return site.machines().stream()
                .flatMap(machine -> machine.partition(place).stream())
                .mapToLong(partition -> partition.log().endOffset())
                .max()
                .orElse(0);
    }

    /** Of the clients of a region, where clients are transactional. */
    Optional<TransactionWatch> transactionsOf(Site site) {
        return Optional.ofNullable(transactions.get(site));
    }

    /**
     * @param human who has the second region take over
     * @param other who has the first one take over again
     */
    void operatedBy(Optional<Operator> human, Optional<Operator> other) {
        operator = human;
        otherOperator = other;
    }

    /** A failover sets groups back to the end of the copy, while it goes on. */
    private long copyEnd(Site site, Place place) {
        return operator.filter(Operator::failingOver).isPresent()
                ? of(site).image(place).end()
                : Long.MAX_VALUE;
    }

    SiteWatch of(Site site) {
        return sites.get(site);
    }

    private SiteWatch of(Machine machine) {
        return sites.get(homes.get(machine));
    }

    MirrorWatch mirrors() {
        return mirrors;
    }

    /** When all is over: what the regions remember of who has written to a partition. */
    void checkLineage(Site owner, Place place) {
        var watch = new LineageWatch(place, misdeeds);
        sites.keySet().forEach(site -> watch.told(site, site.newestMetadata()));
        watch.checkAgreement();
        if (!returns.harmed(owner, place)) {
            watch.checkLog(owner, of(owner).image(place));
        }
    }

    ReturnWatch returns() {
        return returns;
    }

    GroupWatch groups() {
        return groups;
    }

    /** After an event of one machine, of the clients or of nobody. */
    void check(Optional<SimulatedNode> actor) {
        misdeeds.afterEvent();
        Machine machine = actor.map(one -> byHost.get(one.host())).orElse(null);
        if (machine != null) {
            of(machine).check(machine);
            mirrors.check(homes.get(machine));
        } else if (actor.isEmpty()) {
            sites.forEach((site, watch) -> {
                watch.check();
                mirrors.check(site);
            });
        }
        transactions.values().forEach(TransactionWatch::check);
    }

    // --- what brokers say

    @Override
    public void repaired(Recovery recovery) {
        happenings.note(Happening.LOG_REPAIRED);
        if (recovery.truncatedBytes() > 0) {
            happenings.note(Happening.TORN_TAIL_CUT);
        }
    }

    @Override
    public void told(Machine machine, List<UncleanLeaders.Elected> leaders) {
        of(machine).told(machine, leaders);
    }

    @Override
    public void told(Machine machine, UncleanLeaders.Lost lost) {
        of(machine).told(machine, lost);
    }

    /** What has to hold when all regions are in good order and nobody writes any more. */
    void checkSettled() {
        sites.values().forEach(SiteWatch::checkSettled);
    }

    /** Whether all regions are in good order. */
    boolean settled() {
        return sites.values().stream().allMatch(SiteWatch::settled);
    }

    // --- what producers were told

    @Override
    public void acknowledged(Site site, Place place, Sent sent, long baseOffset) {
        happenings.note(Happening.ACKNOWLEDGED);
        of(site).acknowledged(place, sent, baseOffset);
        returns.acknowledged(site, place, sent, baseOffset);
    }

    @Override
    public void acknowledgedAlone(Site site, Place place, Sent sent, long baseOffset) {
        happenings.note(Happening.ACKED_ALONE);
        of(site).acknowledgedAlone(place, sent, baseOffset);
    }

    @Override
    public void retried() {
        happenings.note(Happening.RETRY_STORED_ONCE);
    }

    @Override
    public void putInOrder() {
        happenings.note(Happening.REFUSED_TOGETHER_STORED_IN_ORDER);
    }

    @Override
    public boolean refused(Site site, Place place) {
        boolean first = site == sites.keySet().iterator().next();
        boolean handedOver =
                (first ? operator : otherOperator).filter(Operator::wanted).isPresent();
        Broken.unless(
                handedOver || owns(site),
                Law.PROGRESS,
                "%s refused a write of %s and nobody failed over",
                site,
                place);
        if (handedOver) {
            happenings.note(Happening.OLD_OWNER_REFUSED_A_WRITE);
        }
        return handedOver;
    }

    private static boolean owns(Site site) {
        return site.newestMetadata()
                .region()
                .ownershipOf(new DomainName(World.LINK.name()))
                .filter(owned -> owned.ownership().lets(site.region()))
                .isPresent();
    }

    // --- what groups were told

    @Override
    public Asked asking(Site site, String group, Place place) {
        return groups.asking(site, group, place);
    }

    @Override
    public void resumed(Site site, String group, Place place, long offset, Asked asked) {
        groups.resumed(site, group, place, offset, asked);
    }

    @Override
    public void read(Site site, String group, Place place, long from, long to) {
        groups.read(site, group, place, from, to);
    }

    @Override
    public void given(Site site, Place place, LogImage.Batch batch) {
        of(site).given(place, batch);
    }

    @Override
    public void reset(Site site, String group, Place place, long from, long to) {
        groups.reset(site, group, place, from, to);
    }

    @Override
    public void committed(Site site, String group, Place place, long offset, Asked asked) {
        groups.committed(site, group, place, offset, asked);
    }

    @Override
    public void unanswered(Site site, String group, Place place, long offset) {
        groups.unanswered(site, group, place, offset);
    }

    @Override
    public void assigned(Site site, String group, int generation) {
        groups.began(site, group, generation);
        Integer before = generations.put(site.region(), generation);
        if (before != null && before < generation) {
            happenings.note(Happening.GROUP_REBALANCED);
        }
    }

    @Override
    public void owns(Site site, String group, String member, int epoch, Collection<Place> places) {
        groups.owns(site, group, member, epoch, places);
    }

    @Override
    public void stale() {
        happenings.note(Happening.STALE_MEMBER_REFUSED);
    }

    // --- what happens to machines

    @Override
    public void beforeKill(Machine machine) {
        misdeeds.beforeKill(machine);
    }

    @Override
    public void powerLost(Machine machine) {
        misdeeds.beforePowerLoss(machine);
        of(machine).powerLost(machine);
    }

    @Override
    public void forcesFail(Machine machine) {
        of(machine).forcesFail(machine);
    }

    @Override
    public void forcesWork(Machine machine) {
        of(machine).forcesWork(machine);
    }

    @Override
    public void wiped(Machine machine) {
        of(machine).wiped(machine);
        if (homes.get(machine).machines().size() == 1) {
            groups.wiped(homes.get(machine));
        }
    }
}
