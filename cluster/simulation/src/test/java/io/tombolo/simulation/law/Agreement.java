package io.tombolo.simulation.law;

import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.raft.RaftStatus;
import io.tombolo.replication.Partition;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.simulation.site.Machine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the brokers of a region agree on: one controller in a term, who knows all that was ever
 * committed, and one history of the metadata, in which leaders are elected by the rules.
 */
final class Agreement {

    private final SiteWatch.Reported reported;
    private final UncleanWatch unclean;
    private final Happenings happenings;
    private final Map<Integer, Machine> controllers = new HashMap<>();
    private final Map<Long, MetadataImage> images = new HashMap<>();
    private MetadataImage newest = MetadataImage.EMPTY;
    private long committedOffset;

    /** Where the log of each controller ended when it was elected, by its term. */
    private final TreeMap<Integer, Long> elected = new TreeMap<>();

    /**
     * @param reported what is taken for what is seen; itself, unless a variant lies
     * @param unclean hears of leaders who may lack something
     */
    Agreement(SiteWatch.Reported reported, UncleanWatch unclean, Happenings happenings) {
        this.reported = reported;
        this.unclean = unclean;
        this.happenings = happenings;
    }

    // --- the quorum

    /** After an event on a machine. */
    void check(Machine machine) {
        machine.quorum().ifPresent(quorum -> check(machine, quorum));
    }

    private void check(Machine machine, RaftStatus quorum) {
        committedOffset = Math.max(committedOffset, quorum.highWatermark());
        if (!quorum.role().equals("Leader")) {
            return;
        }
        int term = reported.term(quorum.leader().epoch());
        Machine other = controllers.putIfAbsent(term, machine);
        Broken.unless(
                other == null || other == machine,
                Law.ONE_CONTROLLER,
                "%s and %s are both elected in term %d",
                other,
                machine,
                term);
        if (other == null) {
            if (controllers.size() > 1) {
                happenings.note(Happening.CONTROLLER_CHANGED);
            }
            elected.put(term, quorum.logEnd().offset());
            Broken.unless(
                    reported.logEnd(quorum.logEnd().offset()) >= committedOffset,
                    Law.CONTROLLER_COMPLETE,
                    "%s is elected in term %d with a log up to %d, %d is committed",
                    machine,
                    term,
                    quorum.logEnd().offset(),
                    committedOffset);
        }
        checkSuccessors(machine, term, reported.committed(quorum.highWatermark()));
    }

    /** Whoever has not heard that its term is over may commit what its successors have, too. */
    private void checkSuccessors(Machine machine, int term, long highWatermark) {
        elected.tailMap(term, false)
                .forEach((later, end) ->
                        Broken.unless(
                                highWatermark <= end,
                                Law.ONE_COMMITS,
                                "%s of term %d commits up to %d, the controller of term %d has %d",
                                machine,
                                term,
                                highWatermark,
                                later,
                                end));
    }

    // --- the metadata

    /** A machine looks at another image than before. */
    void published(Machine machine, MetadataImage image) {
        MetadataImage same = images.putIfAbsent(image.place().offset(), image);
        Broken.unless(
                same == null || same == image || same.equals(image),
                Law.ONE_METADATA,
                "%s has other metadata at %s than there were before",
                machine,
                image.place());
        if (image.place().offset() > newest.place().offset()) {
            MetadataImage before = newest;
            newest = image;
            before.brokers().byId().keySet().forEach(broker -> checkLeft(broker, before));
            for (PartitionId id : MetadataDelta.between(before, image).partitions()) {
                before.topics()
                        .partition(id)
                        .ifPresent(old ->
                                changed(id, old, image.topics().partition(id).orElseThrow()));
            }
        }
    }

    private void checkLeft(int broker, MetadataImage before) {
        if (newest.brokers().broker(broker).isPresent()) {
            return;
        }
        happenings.note(Happening.BROKER_LEFT);
        Broken.unless(
                newest.topics().replicasOn(broker).isEmpty(),
                Law.LEAVERS_REPLACED,
                "broker %d has left and had %d replicas",
                broker,
                before.topics().replicasOn(broker).size());
    }

    private static void checkReplaced(
            PartitionId id, PartitionRegistration old, PartitionRegistration now) {
        // A machine may see two changes at once: who was left alone, and then whose move ended.
        boolean oneChange = now.partitionEpoch() == old.partitionEpoch() + 1;
        boolean someLeft = old.replicas().asList().stream().anyMatch(it -> !now.replicas().has(it));
        Broken.unless(
                !someLeft || !oneChange || !now.isr().isEmpty() || old.isr().isEmpty(),
                Law.LEAVERS_REPLACED,
                "%s went from %s to %s",
                id,
                old,
                now);
    }

    private void changed(PartitionId id, PartitionRegistration old, PartitionRegistration now) {
        checkReplaced(id, old, now);
        boolean otherLeader = now.leader() != old.leader() && now.hasLeader();
        int epochMin = old.leaderEpoch() + (otherLeader ? 1 : 0);
        Broken.unless(
                now.partitionEpoch() > old.partitionEpoch() && now.leaderEpoch() >= epochMin,
                Law.PARTITION_EPOCHS,
                "%s went from %s to %s",
                id,
                old,
                now);
        noteWhatIsRare(old, now);
        if (!otherLeader || now.partitionEpoch() > old.partitionEpoch() + 1) {
            return; // What was between the two was not seen.
        }
        // A leader that is going hands over to one that it takes into the ISR with the same record.
        boolean handedOver = old.hasLeader() && now.isr().has(old.leader());
        // A reassignment is done when its leader takes in those who are added, and goes.
        boolean moved = old.removing().has(old.leader()) && !now.reassigning();
        boolean safe =
                handedOver || moved || old.isr().has(now.leader()) || old.elr().has(now.leader());
        Broken.unless(
                safe || now.leaderRecovery() == LeaderRecovery.RECOVERING,
                Law.ELECTED_BY_RULE,
                "%s went from %s to %s",
                id,
                old,
                now);
        if (!old.isr().has(now.leader()) && old.elr().has(now.leader())) {
            happenings.note(Happening.ELIGIBLE_ELECTED);
        } else if (!safe) {
            boolean last = old.lastKnownElr().has(now.leader()) || old.leader() == now.leader();
            happenings.note(last ? Happening.LAST_LEADER_ELECTED : Happening.UNCLEANLY_ELECTED);
            unclean.elected(newest.place().offset());
        }
    }

    private void noteWhatIsRare(PartitionRegistration old, PartitionRegistration now) {
        if (now.isr().size() == 1 && old.isr().size() > 1) {
            happenings.note(Happening.ONE_IN_SYNC);
        }
        if (!now.hasLeader() && old.hasLeader()) {
            happenings.note(Happening.LEADERLESS);
        }
        if (now.isr().size() == now.replicas().size() && old.isr().size() < old.replicas().size()) {
            happenings.note(Happening.ALL_IN_SYNC_AGAIN);
        }
    }

    /** Whether every partition is led by its first replica, and none is being moved. */
    boolean preferred() {
        return newest.topics().byId().values().stream()
                .allMatch(topic -> {
                    for (int index = 0; index < topic.partitions().count(); index++) {
                        PartitionRegistration one = topic.partitions().get(index);
                        if (one.leader() != one.preferredLeader() || one.reassigning()) {
                            return false;
                        }
                    }
                    return true;
                });
    }

    /**
     * Whether a member of the ISR has come back since, and was taken out of it for that, of which
     * its leader's broker has not heard; from then on the old incarnation does not count.
     */
    boolean unheard(Machine member, Partition partition, Leadership known, Machine leader) {
        var id = new PartitionId(partition.id().topicId(), partition.id().partition());
        boolean out =
                newest.topics()
                        .partition(id)
                        .filter(now -> now.partitionEpoch() > known.partitionEpoch())
                        .filter(now -> !now.isr().has(member.id()))
                        .isPresent();
        long heard = leader.images().map(it -> registration(member, it.current())).orElse(-1L);
        return out && registration(member, newest) > heard;
    }

    private static long registration(Machine machine, MetadataImage image) {
        return image.brokers()
                .broker(machine.id())
                .map(BrokerRegistration::brokerEpoch)
                .orElse(-1L);
    }

    /** Which partitions have no leader, or replicas that are not in sync. */
    List<String> notInSync() {
        var found = new ArrayList<String>();
        for (TopicImage topic : newest.topics().byId().values()) {
            for (int index = 0; index < topic.partitions().count(); index++) {
                PartitionRegistration one = topic.partitions().get(index);
                if (!one.hasLeader() || one.isr().size() < one.replicas().size()) {
                    found.add(topic.name() + "-" + index + " is " + one);
                }
            }
        }
        return found;
    }
}
