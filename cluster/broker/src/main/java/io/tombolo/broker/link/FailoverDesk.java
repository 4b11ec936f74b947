package io.tombolo.broker.link;

import io.tombolo.broker.Images;
import io.tombolo.region.PolicyName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.registry.RegionRegistry;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LinkEntry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Previews and starts failovers into this region. Confined to the links' loop. */
public final class FailoverDesk {

    private static final Logger LOG = LoggerFactory.getLogger(FailoverDesk.class);

    /** A region whose last document is younger than this counts as reachable. */
    private static final Duration REACHABLE = Duration.ofSeconds(4);

    /** The same when the link cannot reach the region either: two rounds of asking were missed. */
    private static final Duration REACHABLE_WITHOUT_LINK = Duration.ofMillis(1_500);

    private final LinkPlace place;
    private final Images images;
    private final LinkSupervisor links;
    private final RegionRegistry registry;
    private final FailoverRun.Tools tools;

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
        for (LinkEntry link : place.topology().linksInto(place.region())) {
            var name = new PolicyName(link.name().name());
            policies.put(
                    name,
                    new FailoverPolicy(
                            name,
                            link.name(),
                            link.groups(),
                            FailoverPolicy.Moves.NOTHING,
                            FailoverPolicy.RefuseIf.STANDARD,
                            new FailoverPolicy.Automatic.Never()));
        }
        for (FailoverPolicy policy : place.topology().failover().values()) {
            LinkEntry link = place.topology().links().get(policy.follows());
            if (link != null && link.to().equals(place.region())) {
                policies.put(policy.name(), policy);
            }
        }
        return List.copyOf(policies.values());
    }

    /** What a failover by this policy would mean now; empty when there is no such policy here. */
    public Optional<FailoverPreview> preview(PolicyName name) {
        return policies().stream()
                .filter(policy -> policy.name().equals(name))
                .findFirst()
                .map(this::preview);
    }

    private FailoverPreview preview(FailoverPolicy policy) {
        LinkEntry link = linkOf(policy);
        Optional<LinkStatus> status = links.find(link.name()).map(Link::status);
        Lag lag = status.map(LinkStatus::lag).orElse(Lag.NONE);
        boolean reachable = reachable(link.from(), status);
        long epoch = LinkSupervisor.ownershipEpoch(images.current(), link);
        var objections = new ArrayList<FailoverPreview.Objection>();
        boolean begun = ownedHere(link);
        if (begun && !LinkSpecs.unfinished(images.current(), link)) {
            objections.add(
                    new FailoverPreview.Objection(
                            "TMB-4010",
                            place.region() + " already owns the topics of " + link.name(),
                            "ownership epoch " + epoch,
                            "nothing to do"));
        } else if (status.isEmpty()) {
            objections.add(
                    new FailoverPreview.Objection(
                            "TMB-4011",
                            "link " + link.name() + " has never run here",
                            "no mirror topic is known",
                            "wait until tombolo link list shows it"));
        }
        if (policy.refuseIf().sourceReachableAndWriting() && reachable && !begun) {
            objections.add(writing(link, policy));
        }
        Optional<Duration> limit = policy.refuseIf().lagOver();
        if (limit.isPresent() && lag.ms() > limit.get().toMillis() && !begun) {
            objections.add(
                    new FailoverPreview.Objection(
                            "TMB-4013",
                            "the copy is older than the policy allows",
                            "%d ms behind, refuseIf.lagOver is %d ms"
                                    .formatted(lag.ms(), limit.get().toMillis()),
                            "bring the source back, or repeat with --force-accept-split-brain"));
        }
        return new FailoverPreview(
                policy.name(), link, objections.isEmpty(), objections, lag, reachable, epoch);
    }

    private FailoverPreview.Objection writing(LinkEntry link, FailoverPolicy policy) {
        return new FailoverPreview.Objection(
                "TMB-4012",
                "%s still answers, and would go on taking writes after %s is promoted"
                        .formatted(link.from(), link.to()),
                "its brokers answered within the last %d seconds".formatted(REACHABLE.toSeconds()),
                "stop the brokers of %s, then tombolo failover %s"
                        .formatted(link.from(), policy.name()));
    }

    private boolean ownedHere(LinkEntry link) {
        return new LinkSpecs(place.topology(), place.region()).ownedHere(images.current(), link);
    }

    /**
     * Goes on with failovers that an earlier process of this broker claimed the ownership for and
     * did not finish: until then nobody may write to the topics.
     */
    public void finishWhatWasBegun() {
        for (LinkEntry link : place.topology().linksInto(place.region())) {
            if (ownedHere(link) && LinkSpecs.unfinished(images.current(), link)) {
                preview(new PolicyName(link.name().name()))
                        .ifPresent(preview ->
                                start(
                                        preview,
                                        true,
                                        "goes on after a restart",
                                        report -> tell(link, report)));
            }
        }
    }

    private static void tell(LinkEntry link, FailoverReport report) {
        LOG.atWarn()
                .addKeyValue("link", link.name())
                .addKeyValue("finished", report instanceof FailoverReport.Done)
                .log("A failover that had been interrupted was gone on with");
    }

    private boolean reachable(RegionId region, Optional<LinkStatus> status) {
        boolean cut =
                status.filter(link -> link.state() == LinkStatus.State.SOURCE_UNAVAILABLE)
                        .isPresent();
        long youngNanos = (cut ? REACHABLE_WITHOUT_LINK : REACHABLE).toNanos();
        return registry.lastSeen(region)
                .filter(sighting -> sighting.ageNanos() < youngNanos)
                .isPresent();
    }

    private LinkEntry linkOf(FailoverPolicy policy) {
        LinkEntry link = place.topology().links().get(policy.follows());
        if (link == null) {
            throw new IllegalArgumentException("no link " + policy.follows());
        }
        return link;
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
                preview.objections().stream()
                        .anyMatch(one ->
                                !one.code().equals("TMB-4012") && !one.code().equals("TMB-4013"));
        Optional<Link> link = links.find(preview.link().name());
        if (link.isEmpty() || senseless || !preview.ready() && !force) {
            report.accept(new FailoverReport.Refused(preview));
            return;
        }
        var run = new FailoverRun(place, preview, link.get(), tools, report);
        if (ownedHere(preview.link())) {
            run.goOn(cause);
        } else {
            run.start(cause);
        }
    }
}
