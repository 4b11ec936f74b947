package io.tombolo.simulation.world;

import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.link.FinishedFailover;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.LinkCommand.BeginReturn;
import io.tombolo.controller.command.LinkCommand.ConfirmExport;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.Restoration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.PolicyName;
import io.tombolo.region.link.MirrorTopic.State;
import io.tombolo.simulation.client.SettingAside;
import io.tombolo.simulation.law.Aside;
import io.tombolo.simulation.law.Happening;
import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.Uuid;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Brings topics back to the region that lost them, as the command does: again and again until they
 * are, and now and then it dies while it copies and begins anew.
 */
final class Homecoming {

    private static final Duration AGAIN = Duration.ofMillis(400);
    private static final double DEATH_SHARE = 0.1;
    private static final long LIE = 7;

    private final Simulator simulator;
    private final Sites sites;
    private final LinkName link;
    private final SimulatedEntropy dice;
    private final Variant variant;
    private final Happenings happenings;
    private final Map<Place, SettingAside> underWay = new HashMap<>();
    private final Set<Place> setAside = new HashSet<>();
    private boolean wanted;
    private boolean done;
    private long lostEpoch;

    /**
     * Who takes part.
     *
     * @param home the region that lost the topics
     * @param owner the region that has them
     * @param crowd the clients of the world
     */
    record Sites(Site home, Site owner, Shape shape, Crowd crowd) {}

    Homecoming(
            Simulator simulator,
            Sites sites,
            LinkName link,
            Variant variant,
            Happenings happenings) {
        this.simulator = simulator;
        this.sites = sites;
        this.link = link;
        this.dice = simulator.entropy("homecoming of " + sites.home());
        this.variant = variant;
        this.happenings = happenings;
    }

    /** Whether it was asked for. */
    boolean wanted() {
        return wanted;
    }

    /** Whether the region follows the other one. */
    boolean done() {
        return done;
    }

    void begin() {
        wanted = true;
        look();
    }

    private void look() {
        if (done) {
            return;
        }
        sites.home().core().ifPresent(this::look);
        simulator.after(AGAIN, "bring back", this::look);
    }

    private void look(BrokerCore core) {
        MetadataImage image = core.images().current();
        long epoch = lostUnder(image);
        if (epoch == 0) {
            // It may have taken over again before all of them were back.
            done = done || lostEpoch > 0 && ownedUnder(image) > lostEpoch;
            return;
        }
        lostEpoch = epoch;
        int back = 0;
        int returning = 0;
        List<TopicImage> topics = topics(image);
        for (TopicImage topic : topics) {
            Optional<MirrorRegistration> mirror = image.links().mirrorTopic(topic.id());
            if (mirror.filter(one -> one.state() == State.RETURNING).isPresent()) {
                returning++;
                setAside(core, topic, mirror.get().restoration());
            } else if (mirror.filter(one -> one.restoration().ownershipEpoch() == epoch)
                    .isPresent()) {
                back++;
            }
        }
        done = back == topics.size();
        if (!done && returning == 0) {
            ask(epoch);
        }
    }

    /** The ownership epoch under which another region has the topics; 0 when none is known. */
    private long lostUnder(MetadataImage image) {
        return image.region()
                .ownershipOf(new DomainName(link.name()))
                .filter(owned -> !owned.ownership().lets(sites.home().region()))
                .map(owned -> owned.epoch())
                .orElse(0L);
    }

    private long ownedUnder(MetadataImage image) {
        return image.region()
                .ownershipOf(new DomainName(link.name()))
                .map(owned -> owned.epoch())
                .orElse(0L);
    }

    private static List<TopicImage> topics(MetadataImage image) {
        return Shape.PLACES.stream()
                .map(Place::topic)
                .distinct()
                .flatMap(topic -> image.topics().topic(topic).stream())
                .toList();
    }

    // --- the beginning

    /** Asks the owner where its copies ended, and then the region for its topics. */
    private void ask(long epoch) {
        sites.owner()
                .running()
                .ifPresent(machine ->
                        machine.onLoop(() ->
                                machine.core()
                                        .flatMap(core ->
                                                core.failover()
                                                        .preview(
                                                                new PolicyName(link.name()),
                                                                List.of()))
                                        .flatMap(preview -> preview.finished())
                                        .filter(one -> one.done().ownershipEpoch() == epoch)
                                        .ifPresent(one -> begin(one, epoch))));
    }

    private void begin(FinishedFailover finished, long epoch) {
        sites.home()
                .core()
                .ifPresent(core -> {
                    happenings.note(Happening.RETURN_BEGUN);
                    var copies = copies(finished, core.images().current());
                    submit(core, new BeginReturn(link, epoch, copies));
                });
    }

    private SortedMap<Uuid, SortedMap<Integer, CopyEnd>> copies(
            FinishedFailover finished, MetadataImage image) {
        var copies = new TreeMap<Uuid, SortedMap<Integer, CopyEnd>>();
        for (var one : finished.done().outcome().partitions()) {
            Optional<TopicImage> topic = image.topics().topic(one.partition().topic());
            if (topic.isPresent() && one.endOffset() >= 0) {
                copies.computeIfAbsent(topic.get().id(), _ -> new TreeMap<>())
                        .put(
                                one.partition().partition(),
                                new CopyEnd(
                                        told(one.endOffset()),
                                        Math.max(-1, one.highestEpoch()),
                                        -1,
                                        one.settled()));
            }
        }
        return copies;
    }

    private long told(long end) {
        return switch (variant) {
            case COPIES_ARE_TOLD_LONG -> end + LIE;
            case COPIES_ARE_TOLD_SHORT -> 0;
            default -> end;
        };
    }

    private static void submit(BrokerCore core, LinkCommand<Applied> command) {
        core.submit(command, core.links().loop(), _ -> {});
    }

    // --- what only the region has

    private void setAside(BrokerCore core, TopicImage topic, Restoration restoration) {
        for (int index = 0; index < topic.partitions().count(); index++) {
            var place = new Place(topic.name(), index);
            Optional<Divergence> found = restoration.divergenceOf(index);
            if (found.isEmpty() || restoration.exported().containsKey(index)) {
                continue;
            }
            if (found.get().isEmpty()) {
                happenings.note(Happening.NOTHING_TO_SET_ASIDE);
            } else if (setAside.contains(place) || variant == Variant.EXPORTS_ARE_ONLY_CLAIMED) {
                var told =
                        new TreeMap<>(
                                Map.of(
                                        new PartitionId(topic.id(), index),
                                        Aside.of(place).topic()));
                submit(core, new ConfirmExport(link, restoration.ownershipEpoch(), told));
            } else {
                copy(place, topic, restoration.ownershipEpoch(), found.get());
            }
        }
    }

    private void copy(Place place, TopicImage topic, long epoch, Divergence found) {
        SettingAside before = underWay.get(place);
        if (before != null && !dice.chance(DEATH_SHARE)) {
            return;
        }
        if (before != null) {
            happenings.note(Happening.INTERRUPTED_WHILE_SETTING_ASIDE);
            before.abandon();
        }
        var order =
                new SettingAside.Order(
                        place,
                        epoch,
                        found.fromOffset(),
                        found.toOffset(),
                        topic.partitions().count(),
                        sites.shape().replicas(),
                        variant != Variant.WHAT_IS_SET_ASIDE_IS_NOT_FORCED);
        underWay.put(place, sites.crowd().setAside(sites.home(), order, () -> setAside.add(place)));
    }
}
