package io.tombolo.controller;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.LinkCommand.CreateMirrorTopic;
import io.tombolo.controller.command.LinkCommand.GrowMirrorTopic;
import io.tombolo.controller.command.LinkCommand.RecordGaps;
import io.tombolo.controller.command.LinkCommand.RestartMirrorTopic;
import io.tombolo.controller.command.LinkCommand.SetMirrorTopicState;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.TopicCommand.CreatedTopic;
import io.tombolo.controller.command.TopicCommand.Growth;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.controller.topic.OwnerRules;
import io.tombolo.controller.topic.TopicName;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LinkRecord.GapRecorded;
import io.tombolo.metadata.record.LinkRecord.MirrorConfigsFollowed;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicDefined;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicStateChanged;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.TopicRecord.TopicDeleted;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.LinkSpec.Renaming;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.MirrorTopic.State;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides about mirror topics, save their promotion.
 *
 * <pre>
 * state                        asked for                    becomes
 * none                         mirror                       MIRRORING
 * MIRRORING, PAUSED, FAILED    any of these, or STOPPING    that
 * FAILED                       restart                      none, and MIRRORING under another id
 * any other                    restart                      refused
 * STOPPING, STOPPED, RETURNING the same                     unchanged
 * STOPPING, STOPPED, RETURNING anything else                refused
 * any                          STOPPED                      refused: only a promotion stops
 * </pre>
 */
final class MirrorDecisions {

    private final TopicDecisions topics;
    private final PartitionDecisions partitions;

    MirrorDecisions(TopicDecisions topics, PartitionDecisions partitions) {
        this.topics = topics;
        this.partitions = partitions;
    }

    ControllerResult<CreatedTopic> create(
            CreateMirrorTopic command, MetadataImage tip, Circumstances circumstances) {
        Optional<TopicImage> known = tip.topics().topic(command.topic());
        if (known.filter(topic -> mirrors(topic, command, tip)).isPresent()) {
            TopicImage topic = known.get();
            int factor = topic.partitions().get(0).replicas().size();
            return ControllerResult.done(
                    new CreatedTopic(topic.id(), topic.partitions().count(), factor));
        }
        Optional<Refusal> bad =
                TopicName.refusal(command.topic())
                        .or(() -> OwnerRules.mirror(command.topic(), command.link(), tip))
                        .or(() -> TopicDecisions.taken(command.topic(), tip))
                        .or(() -> notNow(command, tip));
        return bad.<ControllerResult<CreatedTopic>>map(ControllerResult::refused)
                .orElseGet(() ->
                        made(
                                command,
                                new MirrorTopic.Origin(command.sourceTopicId(), command.starts()),
                                List.of(),
                                tip,
                                circumstances));
    }

    /**
     * The old copy goes and the new one comes in one batch, so that nobody takes the name in
     * between.
     */
    ControllerResult<CreatedTopic> restart(
            RestartMirrorTopic command, MetadataImage tip, Circumstances circumstances) {
        CreateMirrorTopic copy = command.copy();
        Optional<TopicImage> topic = topic(copy.link(), copy.topic(), tip);
        Optional<MirrorRegistration> known =
                topic.flatMap(found -> tip.links().mirrorTopic(found.id()));
        if (known.isEmpty()) {
            return ControllerResult.refused(unknown(copy.link(), copy.topic()));
        }
        MirrorRegistration mirror = known.get();
        if (mirror.state() != State.FAILED
                || !mirror.sourceTopicId().equals(command.left())
                || !mirror.origin().mayLeaveFor(copy.sourceTopicId())) {
            return ControllerResult.refused(
                    Errors.INVALID_REQUEST,
                    "Mirror topic %s is %s, a copy of source topic %s; no copy of %s takes its place."
                            .formatted(
                                    copy.topic(),
                                    mirror.state(),
                                    mirror.sourceTopicId(),
                                    copy.sourceTopicId()));
        }
        Optional<Refusal> bad = OwnerRules.deletion(topic.get(), tip).or(() -> notNow(copy, tip));
        return bad.<ControllerResult<CreatedTopic>>map(ControllerResult::refused)
                .orElseGet(() ->
                        made(
                                copy,
                                mirror.origin().leaveFor(copy.sourceTopicId()),
                                List.of(new TopicDeleted(mirror.topicId())),
                                tip,
                                circumstances));
    }

    private static Optional<Refusal> notNow(CreateMirrorTopic command, MetadataImage tip) {
        return takenOver(command.link(), tip)
                .or(() ->
                        ownId(command, tip)
                                ? Optional.empty()
                                : idTaken(command.sourceTopicId(), tip))
                .or(() -> noPartition(command.partitionCount()));
    }

    /** Whether the copy has another id than its source. */
    private static boolean ownId(CreateMirrorTopic command, MetadataImage tip) {
        return command.sourceTopicId().equals(Uuid.ZERO_UUID) || renames(command.link(), tip);
    }

    /**
     * @param before what is done with the copy that it takes the place of
     */
    private ControllerResult<CreatedTopic> made(
            CreateMirrorTopic command,
            MirrorTopic.Origin origin,
            List<MetadataRecord> before,
            MetadataImage tip,
            Circumstances circumstances) {
        Uuid id =
                ownId(command, tip)
                        ? TopicDecisions.freshId(tip, circumstances.entropy())
                        : command.sourceTopicId();
        var topic =
                NewTopic.of(
                        command.topic(),
                        command.partitionCount(),
                        NewTopic.BY_DEFAULT,
                        command.configs());
        return switch (topics.plan(topic, id, tip, circumstances)) {
            case Answer.Done<TopicDecisions.Plan>(var plan) -> {
                List<MetadataRecord> records = new ArrayList<>(before);
                records.addAll(plan.records());
                records.add(new MirrorTopicDefined(id, command.link(), origin));
                if (!command.configs().isEmpty()) {
                    records.add(new MirrorConfigsFollowed(id, command.configs()));
                }
                yield ControllerResult.atomic(plan.topic(), records);
            }
            case Answer.Refused<TopicDecisions.Plan>(var refusal) ->
                    ControllerResult.refused(refusal);
        };
    }

    ControllerResult<Applied> grow(
            GrowMirrorTopic command, MetadataImage tip, Circumstances circumstances) {
        Optional<TopicImage> topic = topic(command.link(), command.topic(), tip);
        if (topic.isEmpty()) {
            return ControllerResult.refused(unknown(command.link(), command.topic()));
        }
        if (topic.get().partitions().count() == command.partitionCount()) {
            return ControllerResult.done(new Applied());
        }
        boolean mirrored =
                tip.links()
                        .mirrorTopic(topic.get().id())
                        .filter(mirror -> !isFinal(mirror.state()))
                        .isPresent();
        if (!mirrored) {
            return ControllerResult.refused(
                    Errors.INVALID_REQUEST, command.topic() + " is not a mirror any more.");
        }
        var growth = new Growth(command.topic(), command.partitionCount(), List.of());
        return switch (partitions.grow(topic.get(), growth, tip, circumstances)) {
            case Answer.Done<List<MetadataRecord>>(var records) ->
                    ControllerResult.atomic(new Applied(), records);
            case Answer.Refused<List<MetadataRecord>>(var refusal) ->
                    ControllerResult.refused(refusal);
        };
    }

    ControllerResult<Applied> setState(SetMirrorTopicState command, MetadataImage tip) {
        Optional<MirrorRegistration> known =
                topic(command.link(), command.topic(), tip)
                        .flatMap(topic -> tip.links().mirrorTopic(topic.id()));
        if (known.isEmpty()) {
            return ControllerResult.refused(unknown(command.link(), command.topic()));
        }
        MirrorRegistration mirror = known.get();
        boolean same = mirror.state() == command.state();
        if (same && (mirror.reason().equals(command.reason()) || isFinal(mirror.state()))) {
            return ControllerResult.done(new Applied());
        }
        if (isFinal(mirror.state())
                || isFinal(command.state()) && command.state() != State.STOPPING) {
            return ControllerResult.refused(
                    Errors.INVALID_REQUEST,
                    "Mirror topic %s is %s and cannot become %s this way."
                            .formatted(command.topic(), mirror.state(), command.state()));
        }
        return ControllerResult.done(
                new Applied(),
                new MirrorTopicStateChanged(mirror.topicId(), command.state(), command.reason()));
    }

    static ControllerResult<Applied> gaps(RecordGaps command, MetadataImage tip) {
        var records = new ArrayList<GapRecorded>();
        for (var entry : command.gaps().entrySet()) {
            PartitionId id = entry.getKey();
            boolean mirrored =
                    tip.topics().partition(id).isPresent()
                            && tip.links()
                                    .mirrorTopic(id.topicId())
                                    .filter(mirror -> !isFinal(mirror.state()))
                                    .isPresent();
            if (!mirrored) {
                return ControllerResult.refused(
                        Errors.INVALID_REQUEST, id + " is no partition of a mirror topic.");
            }
            if (tip.links().gapsOf(id).stream().noneMatch(gap -> gap.covers(entry.getValue()))) {
                records.add(new GapRecorded(id.topicId(), id.index(), entry.getValue()));
            }
        }
        return ControllerResult.atomic(new Applied(), records);
    }

    /** A topic of another name is another topic. */
    private static boolean renames(LinkName link, MetadataImage tip) {
        return tip.links()
                .link(link)
                .filter(known -> !known.definition().renaming().equals(Renaming.NONE))
                .isPresent();
    }

    private static boolean isFinal(State state) {
        return state == State.STOPPING || state == State.STOPPED || state == State.RETURNING;
    }

    /** Whether the topic is this very mirror already, and still one. */
    private static boolean mirrors(TopicImage topic, CreateMirrorTopic command, MetadataImage tip) {
        return tip.links()
                .mirrorTopic(topic.id())
                .filter(mirror -> mirror.link().equals(command.link()))
                .filter(mirror -> mirror.sourceTopicId().equals(command.sourceTopicId()))
                .filter(mirror -> !mirror.writable())
                .isPresent();
    }

    private static Optional<TopicImage> topic(LinkName link, String name, MetadataImage tip) {
        return tip.topics()
                .topic(name)
                .filter(topic -> tip.links().topicsOf(link).contains(topic.id()));
    }

    /** A link that has not heard yet of its end makes nothing new. */
    private static Optional<Refusal> takenOver(LinkName link, MetadataImage tip) {
        RegionId self =
                tip.region()
                        .identity()
                        .map(identity -> identity.region())
                        .orElse(
                                tip.links()
                                        .link(link)
                                        .orElseThrow()
                                        .definition()
                                        .destinationRegion());
        return tip.region()
                .ownershipOf(new DomainName(link.name()))
                .filter(record -> record.ownership().owner().equals(self))
                .map(record ->
                        new Refusal(
                                Errors.INVALID_REQUEST,
                                "%s has taken over the topics of %s.".formatted(self, link)));
    }

    private static Optional<Refusal> idTaken(Uuid id, MetadataImage tip) {
        return tip.topics()
                .topic(id)
                .map(other ->
                        new Refusal(
                                Errors.TOPIC_ALREADY_EXISTS,
                                "Topic id %s belongs to topic '%s'.".formatted(id, other.name())));
    }

    private static Optional<Refusal> noPartition(int partitionCount) {
        return partitionCount >= 1
                ? Optional.empty()
                : Optional.of(
                        new Refusal(
                                Errors.INVALID_PARTITIONS,
                                "A mirror topic needs the partition count of its source, not %d."
                                        .formatted(partitionCount)));
    }

    private static Refusal unknown(LinkName link, String topic) {
        return new Refusal(
                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                "Link %s has no mirror topic '%s'.".formatted(link, topic));
    }
}
