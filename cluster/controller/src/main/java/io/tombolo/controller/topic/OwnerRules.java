package io.tombolo.controller.topic;

import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.RegionCommand.ClaimOwnership;
import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.ConfigRecord.ConfigRemoved;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.FollowedConfigs;
import io.tombolo.region.link.MirrorTopic.State;
import io.tombolo.region.ownership.Ownership;

import org.apache.kafka.common.protocol.Errors;

import java.util.List;
import java.util.Optional;

/**
 * Keeps the copies of a topic alike: only the region that owns it changes it, and a mirror is
 * changed by its link. What is a region's own business (replicas, leaders, configs that no link
 * sets) stays free everywhere, and so do topics that no link copies.
 *
 * <pre>
 * the topic here               create     delete            add partitions  configs that links set
 * no link copies its name      yes        yes               yes             yes
 * its domain is owned here     yes        yes               yes             yes
 * its domain is owned by       no         no                no              no
 *   another region
 * a link brings its name here  no         when it was here before the link, all of these
 *   from another owner
 * a mirror                     it exists  when its link is  by its link     by its link; those
 *                                         paused, lost it,                  that follow by default
 *                                         leaves it out,                    also here, a retention
 *                                         or a third region                 not below the source's
 *                                         took its source
 * a mirror being taken over    it exists  no                no              as a mirror
 * </pre>
 *
 * <p>All refusals are POLICY_VIOLATION.
 */
public final class OwnerRules {

    private static final String CREATE_THERE =
            "create it there: tombolo topic create %s --region %s";

    private OwnerRules() {}

    public static Optional<Refusal> creation(String topic, MetadataImage tip) {
        return fenced(topic, tip, CREATE_THERE)
                .or(() -> twice(topic, tip))
                .or(() -> tip.filling(topic).flatMap(link -> ofLink(topic, link, tip)));
    }

    /**
     * A region that is to take a link's topics over does not get them when another one has taken
     * some of them over from the same source: both would write to them. Copies of other names, or
     * of later records only, are not what the owner has.
     */
    public static Optional<Refusal> claim(ClaimOwnership claim, MetadataImage tip) {
        var link = new LinkName(claim.domain().name());
        RegionId region = claim.region();
        if (tip.links().topicsOf(link).stream()
                .flatMap(id -> tip.links().mirrorTopic(id).stream())
                .anyMatch(mirror -> mirror.state() == State.RETURNING)) {
            return violation(
                    "Topics of link %s are coming back to this region, and what only it has is not cut off yet; go on with that first: tombolo failback %s."
                            .formatted(link, link));
        }
        Optional<LinkRegistration> filling =
                tip.links()
                        .link(link)
                        .filter(known -> known.definition().destinationRegion().equals(region));
        boolean moves = filling.isPresent() || claim.mode() == Ownership.Mode.HANDOVER;
        if (moves
                && tip.links()
                        .link(link)
                        .filter(known -> !known.entry().selection().whole())
                        .isPresent()) {
            return violation(
                    "Link %s renames what it copies, or copies later records only (rename: and start: in the file); its copies stay read-only, and nobody takes over."
                            .formatted(link));
        }
        return filling.flatMap(_ -> tip.takenElsewhere(link))
                .flatMap(owned ->
                        violation(
                                "Region %s has taken over topics of link %s already, with %s under ownership epoch %d; use them there."
                                        .formatted(
                                                owned.ownership().owner(),
                                                link,
                                                owned.domain(),
                                                owned.epoch())));
    }

    /**
     * A link makes no mirror of a name whose mirror another link has left here, as it does when its
     * place in the file was given to that one.
     */
    public static Optional<Refusal> mirror(String name, LinkName link, MetadataImage tip) {
        return tip.topics()
                .topic(name)
                .flatMap(topic ->
                        tip.mirrorOf(topic)
                                .filter(mirror -> !mirror.link().equals(link))
                                .flatMap(mirror -> violation(leftBy(topic, mirror, tip))));
    }

    private static String leftBy(TopicImage topic, MirrorRegistration mirror, MetadataImage tip) {
        String region =
                tip.region().identity().map(self -> " --region " + self.region()).orElse("");
        boolean free = mirrorDeletion(topic, mirror, tip).isEmpty();
        return "topic %s is here already, as a read-only copy that link %s has brought; %stombolo topic delete %s%s makes way"
                .formatted(
                        topic.name(),
                        mirror.link(),
                        free ? "" : "tombolo link pause %s, then ".formatted(mirror.link()),
                        topic.name(),
                        region);
    }

    public static Optional<Refusal> deletion(TopicImage topic, MetadataImage tip) {
        return tip.mirrorOf(topic)
                .map(mirror -> mirrorDeletion(topic, mirror, tip))
                .orElseGet(() ->
                        fenced(
                                topic.name(),
                                tip,
                                "delete it there: tombolo topic delete %s --region %s"));
    }

    public static Optional<Refusal> growth(TopicImage topic, MetadataImage tip) {
        Optional<MirrorRegistration> mirror = tip.mirrorOf(topic);
        return mirror.isPresent()
                ? violation(
                        "Topic %s is a mirror of link %s; its partitions follow its source%s."
                                .formatted(
                                        topic.name(), mirror.get().link(), in(mirror.get(), tip)))
                : fenced(topic.name(), tip, "add partitions there");
    }

    /**
     * @param changes the records that would change the topic's overrides
     */
    public static Optional<Refusal> configs(
            TopicImage topic, List<MetadataRecord> changes, MetadataImage tip) {
        for (MetadataRecord change : changes) {
            Optional<Refusal> bad =
                    switch (change) {
                        case ConfigSet set -> config(topic, set.key(), set.value(), tip);
                        case ConfigRemoved removed -> config(topic, removed.key(), "", tip);
                        default -> Optional.empty();
                    };
            if (bad.isPresent()) {
                return bad;
            }
        }
        return Optional.empty();
    }

    // --- what belongs to another region

    /**
     * @param remedy what to do instead; may name the topic and then the owner
     */
    private static Optional<Refusal> fenced(String topic, MetadataImage tip, String remedy) {
        return tip.fencing(topic).flatMap(owned -> violation(because(topic, owned, remedy)));
    }

    /** Two regions took the name over, and neither heard of the other then. */
    private static Optional<Refusal> twice(String topic, MetadataImage tip) {
        return tip.takenTwice(topic)
                .flatMap(owned ->
                        violation(
                                "Topic %s was taken over by this region and, with %s under ownership epoch %d, by region %s from the same source; take another name."
                                        .formatted(
                                                topic,
                                                owned.domain(),
                                                owned.epoch(),
                                                owned.ownership().owner())));
    }

    /** Two topics of one name, each writable in its region, would never become one again. */
    private static Optional<Refusal> ofLink(
            String topic, LinkRegistration link, MetadataImage tip) {
        String name = link.definition().link().name();
        Optional<OwnershipRecord> owned = tip.region().ownershipOf(link.domain());
        if (owned.isPresent()
                && owned.get().ownership().lets(link.definition().destinationRegion())) {
            return notTaken(topic, link, owned.get());
        }
        if (owned.isPresent()) {
            String remedy = "link " + name + " brings it here; " + CREATE_THERE;
            return violation(because(topic, owned.get(), remedy));
        }
        String source = link.definition().sourceRegion().name();
        return violation(
                "Topic %s would come through link %s from region %s, and it is not known yet who owns it; %s."
                        .formatted(topic, name, source, CREATE_THERE.formatted(topic, source)));
    }

    /** The source may write to it: the filter that it obeys need not include the name. */
    private static Optional<Refusal> notTaken(
            String topic, LinkRegistration link, OwnershipRecord owned) {
        return violation(
                "Topic %s is in topics: of link %s, but was not when region %s took over under ownership epoch %d, so region %s may still write to it; take another name, or leave it out of topics: by \"!%s\" in every region's file."
                        .formatted(
                                topic,
                                owned.domain(),
                                owned.ownership().owner(),
                                owned.epoch(),
                                link.definition().sourceRegion(),
                                topic));
    }

    private static String because(String topic, OwnershipRecord owned, String remedy) {
        Ownership ownership = owned.ownership();
        if (ownership.mode() == Ownership.Mode.HANDOVER) {
            return "Nobody may change topic %s while region %s hands %s over, since ownership epoch %d; try again when that is done."
                    .formatted(topic, ownership.owner(), owned.domain(), ownership.epoch());
        }
        if (ownership.mode() == Ownership.Mode.DISPUTED) {
            return "Nobody may change topic %s: since ownership epoch %d it is open who owns %s; tombolo failover %s decides."
                    .formatted(topic, ownership.epoch(), owned.domain(), owned.domain());
        }
        return "Topic %s belongs to region %s since ownership epoch %d of %s; %s."
                .formatted(
                        topic,
                        ownership.owner(),
                        ownership.epoch(),
                        owned.domain(),
                        remedy.formatted(topic, ownership.owner()));
    }

    // --- what a link fills

    private static Optional<Refusal> mirrorDeletion(
            TopicImage topic, MirrorRegistration mirror, MetadataImage tip) {
        if (mirror.state() == State.STOPPING && !tip.leavesOut(mirror)) {
            return violation(
                    "Mirror topic %s of link %s is being taken over; delete it when that is done: tombolo failover %s goes on with it."
                            .formatted(topic.name(), mirror.link(), mirror.link()));
        }
        Optional<LinkRegistration> link = tip.links().link(mirror.link());
        boolean followed =
                link.filter(known -> !known.paused())
                        .filter(_ -> !tip.leavesOut(mirror))
                        .filter(_ -> tip.takenElsewhere(topic).isEmpty())
                        .isPresent();
        if (!followed || mirror.state() == State.FAILED) {
            return Optional.empty();
        }
        return violation(
                "Topic %s is a mirror of link %s; delete it at its source%s. To delete this copy alone: tombolo link pause %s first; once resumed, the link makes it anew."
                        .formatted(topic.name(), mirror.link(), in(mirror, tip), mirror.link()));
    }

    private static Optional<Refusal> config(
            TopicImage topic, String key, String value, MetadataImage tip) {
        Optional<MirrorRegistration> mirror = tip.mirrorOf(topic);
        if (mirror.isEmpty()) {
            return FollowedConfigs.has(key)
                    ? fenced(topic.name(), tip, "change " + key + " there")
                    : Optional.empty();
        }
        if (FollowedConfigs.ALWAYS.contains(key)) {
            return violation(
                    "Config %s of mirror topic %s follows its source through link %s; change it there%s."
                            .formatted(
                                    key, topic.name(), mirror.get().link(), in(mirror.get(), tip)));
        }
        String source = mirror.get().followed().getOrDefault(key, "");
        return FollowedConfigs.AT_LEAST.contains(key) && !FollowedConfigs.atLeast(value, source)
                ? violation(
                        "Config %s of mirror topic %s may not be below the %s of its source, whose records it keeps; change it there%s."
                                .formatted(key, topic.name(), source, in(mirror.get(), tip)))
                : Optional.empty();
    }

    private static String in(MirrorRegistration mirror, MetadataImage tip) {
        return tip.links()
                .link(mirror.link())
                .map(link -> ", in region " + link.definition().sourceRegion())
                .orElse("");
    }

    private static Optional<Refusal> violation(String message) {
        return Optional.of(new Refusal(Errors.POLICY_VIOLATION, message));
    }
}
