package io.tombolo.broker.link;

import io.tombolo.broker.Images;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.LinkName;
import io.tombolo.region.PolicyName;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LossBound;
import io.tombolo.region.registry.RegionRegistry;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LinkEntry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** Previews and starts failovers into this region. Confined to the links' loop. */
public final class FailoverDesk {

    /** Objections about safety: a lost region may leave nothing better. The others are final. */
    private static final Set<String> FORCEABLE = Set.of("TMB-4012", "TMB-4013", "TMB-4017");

    private static final Logger LOG = LoggerFactory.getLogger(FailoverDesk.class);

    /** A failover that was begun by an earlier process is gone on with so often. */
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final LinkPlace place;
    private final Images images;
    private final LinkSupervisor links;
    private final RegionRegistry registry;
    private final FailoverRun.Tools tools;
    private final Map<LinkName, FinishedFailover> finished = new TreeMap<>();
    private boolean closed;

    public FailoverDesk(
            LinkPlace place,
            Images images,
            LinkSupervisor links,
            RegionRegistry registry,
            FailoverRun.Tools tools) {
        this.place = place;
        this.images = images;
        this.links = links;
        this.registry = registry;
        this.tools = tools;
    }

    /**
     * The policies that move topics into this region; each link has one of its own name at least.
     */
    public List<FailoverPolicy> policies() {
        var policies = new TreeMap<PolicyName, FailoverPolicy>();
        for (LinkEntry link : links.entries()) {
            var name = new PolicyName(link.name().name());
            policies.put(
                    name,
                    new FailoverPolicy(
                            name,
                            link.name(),
                            link.groups(),
                            FailoverPolicy.Moves.NOTHING,
                            FailoverPolicy.Fence.REFUSE,
                            FailoverPolicy.RefuseIf.STANDARD,
                            new FailoverPolicy.Automatic.Never()));
        }
        for (FailoverPolicy policy : place.policies(images.current())) {
            if (entry(policy.follows()).isPresent()) {
                policies.put(policy.name(), policy);
            }
        }
        return List.copyOf(policies.values());
    }

    /** What links do here and, as far as they told, at the other brokers of this region. */
    public RegionStatus regionStatus(List<LinkStatus> others) {
        var all = new ArrayList<>(links.statuses());
        all.addAll(others);
        return new RegionStatus(all, images.current());
    }

    /**
     * What a failover by this policy would mean now; empty when there is no such policy here.
     *
     * @param others what links do at the other brokers of this region
     */
    public Optional<FailoverPreview> preview(PolicyName name, List<LinkStatus> others) {
        return policies().stream()
                .filter(policy -> policy.name().equals(name))
                .findFirst()
                .map(policy -> preview(policy, regionStatus(others)));
    }

    private FailoverPreview preview(FailoverPolicy policy, RegionStatus region) {
        LinkEntry link = linkOf(policy);
        Optional<LinkStatus> status = region.of(link.name());
        FailoverPreview.Risk risk =
                status.map(found -> new FailoverPreview.Risk(found.lag(), found.lossBound()))
                        .orElse(FailoverPreview.Risk.UNKNOWN);
        SourceContact source = contact(link, region);
        long epoch = LinkSupervisor.ownershipEpoch(images.current(), link);
        var objections = new ArrayList<FailoverPreview.Objection>();
        boolean begun = ownedHere(link);
        boolean done = begun && !LinkSpecs.unfinished(images.current(), link);
        if (done) {
            objections.add(
                    new FailoverPreview.Objection(
                            "TMB-4010",
                            place.region() + " already owns the topics of " + link.name(),
                            "ownership epoch " + epoch,
                            "nothing to do"));
        } else if (status.isEmpty() && !begun) {
            objections.add(
                    new FailoverPreview.Objection(
                            "TMB-4011",
                            "link " + link.name() + " has never run here",
                            "no mirror topic is known",
                            "wait until tombolo link list shows it"));
        }
        if (!begun) {
            copyOnly(link).ifPresent(objections::add);
            images.current()
                    .takenElsewhere(link.name())
                    .map(owned -> elsewhere(link, owned))
                    .ifPresent(objections::add);
        }
        if (policy.refuseIf().sourceReachableAndWriting() && source.reachable() && !begun) {
            objections.add(writing(link, policy, source));
        }
        if (!begun) {
            tooOld(policy, risk).ifPresent(objections::add);
        }
        return new FailoverPreview(
                policy.name(),
                link,
                objections.isEmpty(),
                objections,
                source,
                risk,
                epoch,
                images.current().leftOut(link.name()),
                done ? Optional.of(finished(policy, link, epoch)) : Optional.empty());
    }

    /** An age that is not known, be it of one topic, is too old for a policy that sets a limit. */
    private static Optional<FailoverPreview.Objection> tooOld(
            FailoverPolicy policy, FailoverPreview.Risk risk) {
        var uncounted = risk.lossBound().uncountedTopics();
        long lagMs = uncounted.isEmpty() ? risk.lag().ms() : -1;
        return policy.refuseIf()
                .lagOver()
                .filter(limit -> lagMs < 0 || lagMs > limit.toMillis())
                .map(limit ->
                        new FailoverPreview.Objection(
                                "TMB-4013",
                                "the copy is older than the policy allows",
                                "%s behind, refuseIf.lagOver is %d ms"
                                        .formatted(
                                                lagMs < 0 ? unknown(uncounted) : lagMs + " ms",
                                                limit.toMillis()),
                                "bring the source back, or repeat with"
                                        + " --force-accept-split-brain"));
    }

    private static String unknown(SortedSet<String> uncounted) {
        return uncounted.isEmpty()
                ? "not known how far"
                : "not known how far %s %s"
                        .formatted(
                                String.join(", ", uncounted), uncounted.size() == 1 ? "is" : "are");
    }

    private FinishedFailover finished(FailoverPolicy policy, LinkEntry link, long epoch) {
        FinishedFailover known = finished.get(link.name());
        return known != null && known.done().ownershipEpoch() == epoch
                ? known
                : new FinishedFailover(
                        policy.name(),
                        FinishedFailover.Origin.REMEMBERED,
                        Optional.empty(),
                        causeOf(link),
                        new FailoverReport.Done(
                                epoch,
                                List.of(),
                                PromotionStanding.of(images.current(), link, epoch).outcome()),
                        LossBound.UNKNOWN);
    }

    /** Of some copies it is known beforehand that they are for reading. */
    private Optional<FailoverPreview.Objection> copyOnly(LinkEntry link) {
        if (!link.selection().whole()) {
            return Optional.of(
                    new FailoverPreview.Objection(
                            "TMB-4016",
                            "%s has the topics of %s under other names, or later records only"
                                    .formatted(link.to(), link.from()),
                            "rename: %s, start: %s"
                                    .formatted(
                                            link.selection().renaming(), link.selection().start()),
                            "read the copies as they are; a link without these keys can be failed"
                                    + " over"));
        }
        return place.topology().carriesOn(link)
                ? Optional.of(
                        new FailoverPreview.Objection(
                                "TMB-4017",
                                "link %s carries on what another one brings to %s"
                                        .formatted(link.name(), link.from()),
                                "the regions before %s would not stop their writers"
                                        .formatted(link.from()),
                                "fail over by the link that brings the topics to " + link.from()))
                : Optional.empty();
    }

    private String causeOf(LinkEntry link) {
        return images.current()
                .region()
                .ownershipOf(link.domain())
                .map(OwnershipRecord::cause)
                .orElse("");
    }

    private static FailoverPreview.Objection writing(
            LinkEntry link, FailoverPolicy policy, SourceContact source) {
        return new FailoverPreview.Objection(
                "TMB-4012",
                "%s still answers, and would go on taking writes after %s is promoted"
                        .formatted(link.from(), link.to()),
                source.seen(),
                "stop the brokers of %s, then tombolo failover %s"
                        .formatted(link.from(), policy.name()));
    }

    /** A link back from the owner would meet the one that brought the topics there. */
    private FailoverPreview.Objection elsewhere(LinkEntry link, OwnershipRecord owned) {
        var owner = owned.ownership().owner();
        var other = new LinkName(owned.domain().name());
        String replaced =
                place.topology().links().containsKey(other)
                        ? "both %s and %s".formatted(other, link.name())
                        : link.name().name();
        return new FailoverPreview.Objection(
                "TMB-4015",
                "%s has taken over topics of %s already; %s and %s would both write to them"
                        .formatted(owner, link.from(), owner, link.to()),
                "%s belongs to %s since ownership epoch %d"
                        .formatted(owned.domain(), owner, owned.epoch()),
                "use the topics in %s; for a copy of them, write a link %s → %s in place of %s, start the regions again, and delete the old copies in %s, which tombolo link describe names"
                        .formatted(owner, owner, link.to(), replaced, link.to()));
    }

    private boolean ownedHere(LinkEntry link) {
        return new LinkSpecs(place.topology(), place.region()).ownedHere(images.current(), link);
    }

    /**
     * Goes on with failovers that an earlier process of this broker claimed the ownership for and
     * did not finish: until then nobody may write to the topics. What keeps one from its end is
     * waited for.
     */
    public void finishWhatWasBegun() {
        for (LinkEntry link : links.entries()) {
            goOnWith(link);
        }
    }

    private void goOnWith(LinkEntry link) {
        boolean begun = ownedHere(link) && LinkSpecs.unfinished(images.current(), link);
        if (!begun || closed) {
            return;
        }
        preview(new PolicyName(link.name().name()), List.of())
                .ifPresent(preview ->
                        run(
                                preview,
                                new FailoverRun.Manner("goes on after a restart", false),
                                report -> wentOn(link, report)));
    }

    private void wentOn(LinkEntry link, FailoverReport report) {
        boolean done = report instanceof FailoverReport.Done;
        LOG.atWarn()
                .addKeyValue("link", link.name())
                .addKeyValue("finished", done)
                .log("A failover that had been interrupted was gone on with");
        if (!done) {
            place.loop().schedule(AGAIN.toNanos(), () -> goOnWith(link));
        }
    }

    /** Goes on with nothing any more. */
    public void close() {
        closed = true;
    }

    /**
     * Whether the source of a link into this region counts as there: it does when either its
     * document or an answer to the link came lately, as one way may be cut where the other is not.
     */
    public SourceContact contact(LinkEntry link, RegionStatus region) {
        OptionalLong toLink = region.silentMs(link.name());
        OptionalLong document =
                registry.lastSeen(link.from()).stream()
                        .mapToLong(seen -> TimeUnit.NANOSECONDS.toMillis(seen.ageNanos()))
                        .findFirst();
        long silentMs = LongStream.concat(toLink.stream(), document.stream()).min().orElse(-1);
        return new SourceContact(silentMs, region.cut(link.name()));
    }

    private LinkEntry linkOf(FailoverPolicy policy) {
        return entry(policy.follows())
                .orElseThrow(() -> new IllegalArgumentException("no link " + policy.follows()));
    }

    private Optional<LinkEntry> entry(LinkName name) {
        return links.entries().stream().filter(link -> link.name().equals(name)).findFirst();
    }

    /**
     * Carries a failover out.
     *
     * @param force goes on against objections that are about safety, not about sense
     * @param cause kept with the ownership record: who and why
     */
    public void start(
            FailoverPreview preview, boolean force, String cause, Consumer<FailoverReport> report) {
        boolean senseless =
                preview.objections().stream().anyMatch(one -> !FORCEABLE.contains(one.code()));
        if (senseless || !preview.ready() && !force) {
            report.accept(new FailoverReport.Refused(preview));
            return;
        }
        String told = cause + "; " + lossOf(preview.risk().lossBound());
        run(preview, new FailoverRun.Manner(told, force), report);
    }

    /** Kept with the ownership record, where it outlives this process. */
    private static String lossOf(LossBound bound) {
        String uncounted = String.join(", ", bound.uncountedTopics());
        if (!uncounted.isEmpty()) {
            return "it was not known how much of %s would be lost".formatted(uncounted);
        }
        return bound.recordsMax() < 0
                ? "it was not known how much would be lost"
                : "%d records were known to be missing, at most about %d more were produced in %d ms"
                        .formatted(bound.records(), bound.unheardRecords(), bound.unheardMs());
    }

    private void run(
            FailoverPreview preview, FailoverRun.Manner manner, Consumer<FailoverReport> report) {
        boolean resumes = ownedHere(preview.link());
        var run =
                new FailoverRun(
                        place,
                        preview,
                        tools,
                        made -> {
                            keep(preview, resumes, made);
                            report.accept(made);
                        });
        if (resumes) {
            run.goOn(manner);
        } else {
            run.start(manner);
        }
    }

    private void keep(FailoverPreview preview, boolean resumed, FailoverReport report) {
        if (report instanceof FailoverReport.Done done) {
            finished.putIfAbsent(
                    preview.link().name(),
                    new FinishedFailover(
                            preview.policy(),
                            resumed
                                    ? FinishedFailover.Origin.RESUMED
                                    : FinishedFailover.Origin.CARRIED_OUT,
                            Optional.of(tools.clock().wallTimeMs()),
                            causeOf(preview.link()),
                            done,
                            resumed ? LossBound.UNKNOWN : preview.risk().lossBound()));
        }
    }
}
