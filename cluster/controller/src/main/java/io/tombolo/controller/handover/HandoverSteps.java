package io.tombolo.controller.handover;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.HandoverCommand;
import io.tombolo.controller.command.HandoverCommand.FencePartitions;
import io.tombolo.controller.command.HandoverCommand.HandOver;
import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.image.Handovers;
import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.RegionRecord.PartitionFenced;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Lineage.PartitionEnd;
import io.tombolo.region.ownership.Ownership;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * Hands a domain over, step by step, in the log of the region that gives it.
 *
 * <pre>
 * the domain here              event                                   becomes
 * owned, epoch e               claim in mode HANDOVER                  HANDOVER, e + 1: nobody writes
 * HANDOVER e                   a leader tells where its log ends,      the same, with that fence
 *                              replicated and without open
 *                              transactions
 * HANDOVER e, all fenced       HandOver by e, the copies end at the    the other region's, e + 1
 *                              fences
 * HANDOVER e                   claim by its owner expecting e          its owner's again, e + 1
 * HANDOVER e                   the other region's claim is heard of    the other region's
 * any other                    HandOver, or a fence                    refused
 * </pre>
 *
 * <p>One log decides, so a handover is either completed or taken back, never both, whoever asks for
 * which and however late: both expect the epoch of the handover, and the first one ends it. The
 * other region writes only once it has heard of the completion. All of it is in the metadata:
 * whoever dies in the middle is replaced by whoever leads next.
 */
public final class HandoverSteps {

    private static final int NAMED_MAX = 3;

    /** What keeps a handover from losing records; apart so that tests can break it. */
    enum Rule {
        /** Only under the epoch of the handover that is under way. */
        EPOCH,
        /** Every partition has its fence. */
        ALL_FENCED,
        /** Every copy ends at its fence. */
        COPIES_END_THERE
    }

    private static final Set<Rule> ALL = EnumSet.allOf(Rule.class);

    private HandoverSteps() {}

    public static Answer<List<List<MetadataRecord>>> decide(
            HandoverCommand<?> command, MetadataImage tip) {
        return decide(command, tip, ALL);
    }

    static Answer<List<List<MetadataRecord>>> decide(
            HandoverCommand<?> command, MetadataImage tip, Set<Rule> rules) {
        return switch (command) {
            case FencePartitions fence -> fence(fence, tip);
            case HandOver handOver -> handOver(handOver, tip, rules);
            case HandoverCommand.Audit(var entry) -> new Answer.Done<>(List.of(List.of(entry)));
        };
    }

    private static Answer<List<List<MetadataRecord>>> fence(
            FencePartitions command, MetadataImage tip) {
        if (handedOver(command.domain(), command.ownershipEpoch(), tip).isEmpty()) {
            return none(command.domain(), command.ownershipEpoch()).answer();
        }
        var known = tip.region().handovers().fencesOf(command.domain());
        var batch = new ArrayList<MetadataRecord>();
        command.partitions()
                .forEach((id, told) -> {
                    boolean leads =
                            tip.topics()
                                    .partition(id)
                                    .filter(one -> one.leaderEpoch() == told.leaderEpoch())
                                    .isPresent();
                    if (leads && !known.containsKey(id)) {
                        batch.add(
                                new PartitionFenced(
                                        command.domain(),
                                        command.ownershipEpoch(),
                                        id,
                                        told.end()));
                    }
                });
        return new Answer.Done<>(List.of(batch));
    }

    private static Answer<List<List<MetadataRecord>>> handOver(
            HandOver command, MetadataImage tip, Set<Rule> rules) {
        if (isDone(command, tip)) {
            return new Answer.Done<>(List.of());
        }
        Optional<Ownership> current =
                rules.contains(Rule.EPOCH)
                        ? handedOver(command.domain(), command.ownershipEpoch(), tip)
                        : tip.region()
                                .ownershipOf(command.domain())
                                .map(OwnershipRecord::ownership);
        Optional<Refusal> bad =
                current.isEmpty()
                        ? Optional.of(none(command.domain(), command.ownershipEpoch()))
                        : stranger(command, tip).or(() -> incomplete(command, tip, rules));
        if (bad.isPresent()) {
            return bad.get().answer();
        }
        var given =
                new Ownership(
                        command.domain(),
                        command.to(),
                        current.orElseThrow().epoch() + 1,
                        Ownership.Mode.STEADY);
        return new Answer.Done<>(
                List.of(List.of(new OwnershipRecord(Takings.with(given, tip), command.cause()))));
    }

    /** The answer to the first time was lost. */
    private static boolean isDone(HandOver command, MetadataImage tip) {
        return tip.region()
                .ownershipOf(command.domain())
                .map(OwnershipRecord::ownership)
                .filter(owned -> owned.epoch() == command.ownershipEpoch() + 1)
                .filter(owned -> owned.mode() == Ownership.Mode.STEADY)
                .filter(owned -> owned.owner().equals(command.to()))
                .isPresent();
    }

    /** The ownership of this region under which it hands the domain over. */
    private static Optional<Ownership> handedOver(
            DomainName domain, long epoch, MetadataImage tip) {
        Optional<RegionId> self = tip.region().identity().map(one -> one.region());
        return tip.region()
                .ownershipOf(domain)
                .map(OwnershipRecord::ownership)
                .filter(owned -> owned.mode() == Ownership.Mode.HANDOVER)
                .filter(owned -> owned.epoch() == epoch && owned.epoch() < Ownership.EPOCH_MAX)
                .filter(owned -> Optional.of(owned.owner()).equals(self));
    }

    /** Only the other end of the domain's link has copies of its topics. */
    private static Optional<Refusal> stranger(HandOver command, MetadataImage tip) {
        Optional<RegionId> self = tip.region().identity().map(one -> one.region());
        boolean other =
                tip.links()
                        .link(new LinkName(command.domain().name()))
                        .map(LinkRegistration::definition)
                        .filter(link ->
                                link.sourceRegion().equals(command.to())
                                        || link.destinationRegion().equals(command.to()))
                        .filter(_ -> !self.equals(Optional.of(command.to())))
                        .isPresent();
        return other
                ? Optional.empty()
                : refusal(
                        "%s is not the other end of link %s."
                                .formatted(command.to(), command.domain()));
    }

    private static Optional<Refusal> incomplete(
            HandOver command, MetadataImage tip, Set<Rule> rules) {
        SortedMap<PartitionId, PartitionEnd> fences =
                tip.region().handovers().fencesOf(command.domain());
        var unfenced = new ArrayList<String>();
        var behind = new ArrayList<String>();
        for (var topic : Handovers.topicsOf(command.domain(), tip)) {
            for (int index = 0; index < topic.partitions().count(); index++) {
                var id = topic.partitionId(index);
                String name = topic.name() + "-" + index;
                PartitionEnd fence = fences.get(id);
                PartitionEnd copy = command.copies().get(id);
                if (fence == null) {
                    unfenced.add(name);
                } else if (copy == null || !copy.sameAs(fence)) {
                    behind.add(name);
                }
            }
        }
        if (!unfenced.isEmpty() && rules.contains(Rule.ALL_FENCED)) {
            return refusal("These partitions may still grow: " + named(unfenced) + ".");
        }
        return behind.isEmpty() || !rules.contains(Rule.COPIES_END_THERE)
                ? Optional.empty()
                : refusal(
                        "The copies of these partitions in %s do not end where they end here: %s."
                                .formatted(command.to(), named(behind)));
    }

    private static String named(List<String> names) {
        int more = names.size() - NAMED_MAX;
        String some = String.join(", ", names.subList(0, Math.min(NAMED_MAX, names.size())));
        return more > 0 ? "%s and %d more".formatted(some, more) : some;
    }

    private static Refusal none(DomainName domain, long epoch) {
        return new Refusal(
                Errors.INVALID_REQUEST,
                "Domain %s is not being handed over under ownership epoch %d."
                        .formatted(domain, epoch));
    }

    private static Optional<Refusal> refusal(String message) {
        return Optional.of(new Refusal(Errors.INVALID_REQUEST, message));
    }
}
