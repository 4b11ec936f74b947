package io.tombolo.controller;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.LinkCommand.AbortMirrorTransactions;
import io.tombolo.controller.command.LinkCommand.BeginPromotion;
import io.tombolo.controller.command.LinkCommand.BeginReturn;
import io.tombolo.controller.command.LinkCommand.ClampMirrorOffsets;
import io.tombolo.controller.command.LinkCommand.CompareMirrorTransactions;
import io.tombolo.controller.command.LinkCommand.CompletePromotion;
import io.tombolo.controller.command.LinkCommand.ConfirmCut;
import io.tombolo.controller.command.LinkCommand.ConfirmExport;
import io.tombolo.controller.command.LinkCommand.CreateMirrorTopic;
import io.tombolo.controller.command.LinkCommand.DefineLink;
import io.tombolo.controller.command.LinkCommand.GrowMirrorTopic;
import io.tombolo.controller.command.LinkCommand.PauseLink;
import io.tombolo.controller.command.LinkCommand.RaiseLeaderEpochs;
import io.tombolo.controller.command.LinkCommand.RecordGaps;
import io.tombolo.controller.command.LinkCommand.RemoveLink;
import io.tombolo.controller.command.LinkCommand.ReportDivergence;
import io.tombolo.controller.command.LinkCommand.RestartMirrorTopic;
import io.tombolo.controller.command.LinkCommand.ResumeLink;
import io.tombolo.controller.command.LinkCommand.SetMirrorTopicState;
import io.tombolo.controller.command.LinkCommand.SettleMirrorPartitions;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.failback.Returns;
import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.LinkRecord.LinkPaused;
import io.tombolo.metadata.record.LinkRecord.LinkRemoved;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides about links; what concerns their topics is with {@link MirrorDecisions}. */
final class LinkDecisions {

    private final MirrorDecisions mirrors;

    LinkDecisions(MirrorDecisions mirrors) {
        this.mirrors = mirrors;
    }

    ControllerResult<?> decide(
            LinkCommand<?> command, MetadataImage tip, Circumstances circumstances) {
        return switch (command) {
            case DefineLink(var definition) -> define(definition, tip);
            case PauseLink(var link) -> pause(link, true, tip);
            case ResumeLink(var link) -> pause(link, false, tip);
            case RemoveLink(var link) -> remove(link, tip);
            case CreateMirrorTopic create ->
                    unknown(create.link(), tip)
                            .<ControllerResult<?>>map(ControllerResult::refused)
                            .orElseGet(() -> mirrors.create(create, tip, circumstances));
            case RestartMirrorTopic restart ->
                    unknown(restart.copy().link(), tip)
                            .<ControllerResult<?>>map(ControllerResult::refused)
                            .orElseGet(() -> mirrors.restart(restart, tip, circumstances));
            case GrowMirrorTopic grow -> mirrors.grow(grow, tip, circumstances);
            case SetMirrorTopicState set -> mirrors.setState(set, tip);
            case RaiseLeaderEpochs raise -> raise(raise, tip);
            case RecordGaps gaps -> MirrorDecisions.gaps(gaps, tip);
            case BeginPromotion begin ->
                    unknown(begin.link(), tip)
                            .<ControllerResult<?>>map(ControllerResult::refused)
                            .orElseGet(() -> Promotions.begin(begin, tip));
            case SettleMirrorPartitions settle ->
                    promoting(settle.link(), settle.ownershipEpoch(), tip)
                            .<ControllerResult<?>>map(ControllerResult::refused)
                            .orElseGet(() -> Promotions.settle(settle, tip));
            case ClampMirrorOffsets clamp ->
                    promoting(clamp.link(), clamp.ownershipEpoch(), tip)
                            .<ControllerResult<?>>map(ControllerResult::refused)
                            .orElseGet(() -> Promotions.clamp(clamp, tip));
            case AbortMirrorTransactions abort ->
                    promoting(abort.link(), abort.ownershipEpoch(), tip)
                            .<ControllerResult<?>>map(ControllerResult::refused)
                            .orElseGet(() -> Promotions.abort(abort, tip));
            case CompareMirrorTransactions compare ->
                    promoting(compare.link(), compare.ownershipEpoch(), tip)
                            .<ControllerResult<?>>map(ControllerResult::refused)
                            .orElseGet(() -> Promotions.compare(compare, tip));
            case BeginReturn begin -> inBatches(Returns.begin(begin, tip));
            case ReportDivergence report -> inBatches(Returns.report(report, tip));
            case ConfirmExport export -> inBatches(Returns.export(export, tip));
            case ConfirmCut cut -> inBatches(Returns.cut(cut, tip));
            case CompletePromotion complete ->
                    promoting(complete.link(), complete.ownershipEpoch(), tip)
                            .<ControllerResult<?>>map(ControllerResult::refused)
                            .orElseGet(() -> Promotions.complete(complete, tip));
        };
    }

    static ControllerResult<Applied> inBatches(Answer<List<List<MetadataRecord>>> step) {
        return switch (step) {
            case Answer.Done<List<List<MetadataRecord>>>(var batches) ->
                    ControllerResult.inBatches(new Applied(), batches);
            case Answer.Refused<List<List<MetadataRecord>>>(var refusal) ->
                    ControllerResult.refused(refusal);
        };
    }

    private static ControllerResult<Applied> define(LinkDefined wanted, MetadataImage tip) {
        Optional<LinkDefined> known =
                tip.links().link(wanted.link()).map(LinkRegistration::definition);
        if (known.equals(Optional.of(wanted))) {
            return ControllerResult.done(new Applied());
        }
        if (known.isPresent() && !sameEnds(known.get(), wanted)) {
            return ControllerResult.refused(
                    Errors.INVALID_REQUEST,
                    "Link %s exists with id %s from %s to %s; these never change."
                            .formatted(
                                    wanted.link(),
                                    known.get().linkId(),
                                    known.get().sourceRegion(),
                                    known.get().destinationRegion()));
        }
        if (known.isPresent() && !known.get().renaming().equals(wanted.renaming())) {
            return ControllerResult.refused(
                    Errors.INVALID_REQUEST,
                    "Link %s calls its copies %s, not %s; that never changes."
                            .formatted(wanted.link(), known.get().renaming(), wanted.renaming()));
        }
        return ControllerResult.done(new Applied(), wanted);
    }

    private static boolean sameEnds(LinkDefined one, LinkDefined other) {
        return one.linkId().equals(other.linkId())
                && one.sourceRegion().equals(other.sourceRegion())
                && one.destinationRegion().equals(other.destinationRegion());
    }

    private static ControllerResult<Applied> pause(
            LinkName link, boolean paused, MetadataImage tip) {
        Optional<LinkRegistration> known = tip.links().link(link);
        if (known.isEmpty()) {
            return ControllerResult.refused(unknown(link));
        }
        return known.get().paused() == paused
                ? ControllerResult.done(new Applied())
                : ControllerResult.done(new Applied(), new LinkPaused(link, paused));
    }

    private static ControllerResult<Applied> remove(LinkName link, MetadataImage tip) {
        if (tip.links().link(link).isEmpty()) {
            return ControllerResult.refused(unknown(link));
        }
        long mirrors =
                tip.links().topicsOf(link).stream()
                        .flatMap(topic -> tip.links().mirrorTopic(topic).stream())
                        .filter(mirror -> !mirror.writable())
                        .count();
        return mirrors == 0
                ? ControllerResult.done(new Applied(), new LinkRemoved(link))
                : ControllerResult.refused(
                        Errors.INVALID_REQUEST,
                        "Link %s still mirrors %d topic(s); promote or delete them first."
                                .formatted(link, mirrors));
    }

    private static ControllerResult<Applied> raise(RaiseLeaderEpochs command, MetadataImage tip) {
        var records = new ArrayList<PartitionChanged>();
        for (var wish : command.atLeast().entrySet()) {
            PartitionId id = wish.getKey();
            var partition = tip.topics().partition(id);
            if (partition.isEmpty()) {
                return ControllerResult.refused(
                        Errors.UNKNOWN_TOPIC_OR_PARTITION, "There is no partition " + id + ".");
            }
            Promotions.raised(id, partition.get(), wish.getValue()).ifPresent(records::add);
        }
        return ControllerResult.atomic(new Applied(), records);
    }

    private static Optional<Refusal> unknown(LinkName link, MetadataImage tip) {
        return tip.links().link(link).isPresent() ? Optional.empty() : Optional.of(unknown(link));
    }

    /** Only the owner of the topics takes them over, under the epoch that made it their owner. */
    private static Optional<Refusal> promoting(LinkName link, long epoch, MetadataImage tip) {
        Optional<LinkRegistration> known = tip.links().link(link);
        if (known.isEmpty()) {
            return Optional.of(unknown(link));
        }
        RegionId self =
                tip.region()
                        .identity()
                        .map(identity -> identity.region())
                        .orElse(known.get().definition().destinationRegion());
        boolean owned =
                tip.region()
                        .ownershipOf(new DomainName(link.name()))
                        .filter(record -> record.ownership().owner().equals(self))
                        .filter(record -> record.epoch() == epoch)
                        .isPresent();
        return owned
                ? Optional.empty()
                : Optional.of(
                        new Refusal(
                                Errors.INVALID_REQUEST,
                                "%s does not own the topics of %s with epoch %d."
                                        .formatted(self, link, epoch)));
    }

    private static Refusal unknown(LinkName link) {
        return new Refusal(Errors.RESOURCE_NOT_FOUND, "There is no link " + link + ".");
    }
}
