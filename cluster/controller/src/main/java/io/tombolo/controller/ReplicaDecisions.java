package io.tombolo.controller;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.ReplicaCommand.AlterPartitions;
import io.tombolo.controller.command.ReplicaCommand.AssignReplicasToDirs;
import io.tombolo.controller.command.ReplicaCommand.Member;
import io.tombolo.controller.command.ReplicaCommand.PartitionState;
import io.tombolo.controller.command.ReplicaCommand.Proposal;
import io.tombolo.controller.replica.Elections;
import io.tombolo.controller.replica.PartitionTransition;
import io.tombolo.controller.replica.PartitionTransition.Outcome;
import io.tombolo.controller.replica.SafetyRules;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides about what brokers report of their replicas: who is in sync, and in which directory. */
final class ReplicaDecisions {

    private final SafetyRules rules;

    ReplicaDecisions(SafetyRules rules) {
        this.rules = rules;
    }

    ControllerResult<Map<PartitionId, Answer<PartitionState>>> alter(
            AlterPartitions command, MetadataImage tip) {
        Optional<Refusal> stale = stale(command.brokerId(), command.brokerEpoch(), tip);
        if (stale.isPresent()) {
            return ControllerResult.refused(stale.get());
        }
        var elections = new Elections(tip, tip.brokers(), rules);
        var answers = new LinkedHashMap<PartitionId, Answer<PartitionState>>();
        var batches = new ArrayList<List<MetadataRecord>>();
        for (Proposal proposal : command.partitions()) {
            PartitionId id = proposal.partition();
            if (answers.containsKey(id)) {
                return ControllerResult.refused(
                        Errors.INVALID_REQUEST, "Partition " + id + " is named twice.");
            }
            Optional<Refusal> bad = refusal(command.brokerId(), proposal, tip);
            if (bad.isPresent()) {
                answers.put(id, bad.get().answer());
                if (bad.get().error() == Errors.INELIGIBLE_REPLICA) {
                    batches.add(List.of(closed(id, tip)));
                }
                continue;
            }
            PartitionRegistration partition = tip.topics().partition(id).orElseThrow();
            Optional<Outcome> outcome =
                    elections
                            .transition(id, partition)
                            .inSync(members(proposal), proposal.leaderRecovery())
                            .finish();
            outcome.ifPresent(done -> batches.add(List.of(done.record())));
            answers.put(
                    id,
                    new Answer.Done<>(state(outcome.map(Outcome::partition).orElse(partition))));
        }
        return ControllerResult.inBatches(answers, batches);
    }

    /**
     * Another partition epoch and nothing else. Whether a member is eligible changes with time: the
     * same proposal, held up on a connection that the leader has given up, must not be accepted
     * after the leader was told that it is not and has stopped to count on it.
     */
    private static MetadataRecord closed(PartitionId id, MetadataImage tip) {
        int epoch = tip.topics().partition(id).orElseThrow().partitionEpoch() + 1;
        return new PartitionChanged(id.topicId(), id.index(), epoch, List.of());
    }

    ControllerResult<Map<PartitionId, Answer<Applied>>> assign(
            AssignReplicasToDirs command, MetadataImage tip) {
        Optional<Refusal> stale = stale(command.brokerId(), command.brokerEpoch(), tip);
        if (stale.isPresent()) {
            return ControllerResult.refused(stale.get());
        }
        var answers = new LinkedHashMap<PartitionId, Answer<Applied>>();
        var batches = new ArrayList<List<MetadataRecord>>();
        command.directories()
                .forEach((id, directory) -> {
                    Optional<Refusal> bad = refusal(command.brokerId(), id, directory, tip);
                    answers.put(
                            id,
                            bad.<Answer<Applied>>map(Refusal::answer)
                                    .orElseGet(() -> new Answer.Done<>(new Applied())));
                    if (bad.isEmpty()) {
                        batches.add(assigned(command.brokerId(), id, directory, tip));
                    }
                });
        return ControllerResult.inBatches(answers, batches);
    }

    private static Optional<Refusal> stale(int brokerId, long brokerEpoch, MetadataImage tip) {
        boolean registered =
                tip.brokers()
                        .broker(brokerId)
                        .filter(broker -> broker.brokerEpoch() == brokerEpoch)
                        .isPresent();
        return registered
                ? Optional.empty()
                : refusal(
                        Errors.STALE_BROKER_EPOCH,
                        "Broker %d is not registered with epoch %d.",
                        brokerId,
                        brokerEpoch);
    }

    private static Optional<Refusal> refusal(int sender, Proposal proposal, MetadataImage tip) {
        Optional<Refusal> unknown = unknown(proposal.partition(), tip);
        if (unknown.isPresent()) {
            return unknown;
        }
        PartitionRegistration partition =
                tip.topics().partition(proposal.partition()).orElseThrow();
        return staleProposal(sender, proposal, partition)
                .or(() -> illegal(sender, proposal, partition))
                .or(() -> ineligible(proposal, partition, tip));
    }

    private static Optional<Refusal> unknown(PartitionId id, MetadataImage tip) {
        if (tip.topics().topic(id.topicId()).isEmpty()) {
            return refusal(Errors.UNKNOWN_TOPIC_ID, "No topic has the id %s.", id.topicId());
        }
        return tip.topics().partition(id).isPresent()
                ? Optional.empty()
                : refusal(Errors.UNKNOWN_TOPIC_OR_PARTITION, "There is no partition %s.", id);
    }

    /** Kafka's order: newer than ours, then the leader epoch, the leader, the partition epoch. */
    private static Optional<Refusal> staleProposal(
            int sender, Proposal proposal, PartitionRegistration partition) {
        if (proposal.leaderEpoch() > partition.leaderEpoch()
                || proposal.partitionEpoch() > partition.partitionEpoch()) {
            return refusal(
                    Errors.NOT_CONTROLLER,
                    "The leader has seen epochs %d and %d, this controller %d and %d.",
                    proposal.leaderEpoch(),
                    proposal.partitionEpoch(),
                    partition.leaderEpoch(),
                    partition.partitionEpoch());
        }
        if (proposal.leaderEpoch() < partition.leaderEpoch()) {
            return refusal(
                    Errors.FENCED_LEADER_EPOCH,
                    "Leader epoch %d is over; it is %d.",
                    proposal.leaderEpoch(),
                    partition.leaderEpoch());
        }
        if (sender != partition.leader()) {
            return refusal(
                    Errors.INVALID_REQUEST, "Broker %d does not lead the partition.", sender);
        }
        if (proposal.partitionEpoch() < partition.partitionEpoch()) {
            return refusal(
                    Errors.INVALID_UPDATE_VERSION,
                    "Partition epoch %d is over; it is %d.",
                    proposal.partitionEpoch(),
                    partition.partitionEpoch());
        }
        return Optional.empty();
    }

    private static Optional<Refusal> illegal(
            int sender, Proposal proposal, PartitionRegistration partition) {
        var ids = new HashSet<Integer>();
        boolean legal = true;
        for (Member member : proposal.isr()) {
            legal &= partition.replicas().has(member.brokerId()) && ids.add(member.brokerId());
        }
        if (!legal) {
            return refusal(
                    Errors.INVALID_REQUEST,
                    "The in-sync set must hold replicas of %s, each once.",
                    partition.replicas());
        }
        if (!ids.contains(sender)) {
            return refusal(Errors.INVALID_REQUEST, "The leader must be in sync with itself.");
        }
        boolean recovering = proposal.leaderRecovery() == LeaderRecovery.RECOVERING;
        if (recovering && partition.leaderRecovery() == LeaderRecovery.RECOVERED) {
            return refusal(Errors.INVALID_REQUEST, "A leader that has recovered stays so.");
        }
        if (recovering && ids.size() > 1) {
            return refusal(Errors.INVALID_REQUEST, "A leader that recovers is alone in sync.");
        }
        return Optional.empty();
    }

    /**
     * Whoever is fenced, about to stop, or another process than the one that fetched must not get
     * in: the controller would count on a replica that is gone (KIP-841), or that has lost what it
     * fetched (KIP-966); nor may one whose directory is offline, of which a leader hears nothing
     * but that it fetches no more. Whoever is in sync and about to stop stays until it is fenced:
     * nobody could take over, or it waits for the one that the leader lets in.
     */
    private static Optional<Refusal> ineligible(
            Proposal proposal, PartitionRegistration partition, MetadataImage tip) {
        for (Member member : proposal.isr()) {
            Optional<BrokerRegistration> broker = tip.brokers().broker(member.brokerId());
            String flaw = "";
            if (broker.isEmpty()) {
                flaw = "is not registered";
            } else if (broker.get().fenced()) {
                flaw = "is fenced";
            } else if (broker.get().shuttingDown() && !partition.isr().has(member.brokerId())) {
                flaw = "is shutting down";
            } else if (member.brokerEpoch() != -1
                    && member.brokerEpoch() != broker.get().brokerEpoch()) {
                flaw = "is registered anew";
            } else if (!broker.get().hasOnline(partition.directoryOf(member.brokerId()))) {
                flaw = "has lost the directory of its replica";
            }
            if (!flaw.isEmpty()) {
                return refusal(Errors.INELIGIBLE_REPLICA, "Broker %d %s.", member.brokerId(), flaw);
            }
        }
        return Optional.empty();
    }

    private static BrokerIds members(Proposal proposal) {
        return BrokerIds.of(proposal.isr().stream().mapToInt(Member::brokerId).toArray());
    }

    private static PartitionState state(PartitionRegistration partition) {
        return new PartitionState(
                partition.leader(),
                partition.leaderEpoch(),
                partition.isr(),
                partition.leaderRecovery(),
                partition.partitionEpoch());
    }

    private static Optional<Refusal> refusal(
            int sender, PartitionId id, Uuid directory, MetadataImage tip) {
        Optional<Refusal> unknown = unknown(id, tip);
        if (unknown.isPresent()) {
            return unknown;
        }
        PartitionRegistration partition = tip.topics().partition(id).orElseThrow();
        if (!partition.replicas().has(sender)) {
            return refusal(
                    Errors.NOT_LEADER_OR_FOLLOWER, "Broker %d has no replica of %s.", sender, id);
        }
        if (directory.equals(BrokerRegistration.DAMAGED)) {
            return refusalOfDamage(sender, partition);
        }
        BrokerRegistration broker = tip.brokers().broker(sender).orElseThrow();
        if (awaitsItsDisk(partition, broker)) {
            return refusal(
                    Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                    "Nobody has what broker %d had in its directory %s.",
                    sender,
                    partition.directoryOf(sender));
        }
        boolean known =
                directory.equals(BrokerRegistration.LOST) || broker.logDirs().contains(directory);
        return known
                ? Optional.empty()
                : refusal(
                        Errors.LOG_DIR_NOT_FOUND,
                        "Broker %d has no log directory %s.",
                        sender,
                        directory);
    }

    /**
     * Whether nobody leads since a broker came back without the directory of the only replica that
     * has records: an empty one elsewhere must not pass for it, unless an unclean election is asked
     * for. Others may have been added to it since.
     */
    private static boolean awaitsItsDisk(
            PartitionRegistration partition, BrokerRegistration broker) {
        Uuid directory = partition.directoryOf(broker.brokerId());
        boolean safe =
                partition.isr().has(broker.brokerId()) || partition.elr().has(broker.brokerId());
        return !partition.hasLeader()
                && (safe || partition.lastKnownElr().has(broker.brokerId()))
                && !directory.equals(Uuid.ZERO_UUID)
                && !directory.equals(BrokerRegistration.LOST)
                && !broker.logDirs().contains(directory);
    }

    /**
     * Whoever has told of damage cuts his log, so somebody else must have all that was committed.
     */
    private static Optional<Refusal> refusalOfDamage(int sender, PartitionRegistration partition) {
        boolean others = !partition.isr().without(sender).isEmpty();
        return others && partition.hasLeader() && partition.leader() != sender
                ? Optional.empty()
                : refusal(
                        Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                        "Nobody else is known to have what broker %d had.",
                        sender);
    }

    /**
     * The new directory, and what follows: a replica in one that is offline leaves, one that has
     * lost records is not eligible any more, and one that is well may lead where nobody does.
     */
    private List<MetadataRecord> assigned(
            int brokerId, PartitionId id, Uuid directory, MetadataImage tip) {
        PartitionRegistration partition = tip.topics().partition(id).orElseThrow();
        boolean damaged = directory.equals(BrokerRegistration.DAMAGED);
        Uuid place = damaged ? BrokerRegistration.LOST : directory;
        var records = new ArrayList<MetadataRecord>();
        if (!partition.directoryOf(brokerId).equals(place)) {
            int epoch = partition.partitionEpoch() + 1;
            List<PartitionChange> changes = List.of(moved(partition, brokerId, place));
            records.add(new PartitionChanged(id.topicId(), id.index(), epoch, changes));
            partition = partition.changed(epoch, changes);
        } else if (!damaged) {
            return List.of();
        }
        boolean online = tip.brokers().broker(brokerId).orElseThrow().hasOnline(place);
        if (!online || !partition.hasLeader()) {
            PartitionTransition transition =
                    new Elections(tip, tip.brokers(), rules).transition(id, partition);
            if (damaged) {
                transition.damaged(brokerId);
            } else if (!online) {
                transition.leaves(brokerId);
            }
            transition.finish().ifPresent(outcome -> records.add(outcome.record()));
        }
        return records;
    }

    private static PartitionChange moved(
            PartitionRegistration partition, int brokerId, Uuid directory) {
        var directories = new ArrayList<Uuid>();
        for (int replica : partition.replicas().asList()) {
            directories.add(replica == brokerId ? directory : partition.directoryOf(replica));
        }
        return new PartitionChange.Directories(directories);
    }

    private static Optional<Refusal> refusal(Errors error, String message, Object... values) {
        return Optional.of(new Refusal(error, message.formatted(values)));
    }
}
