package io.tombolo.controller.replica;

import io.tombolo.metadata.image.BrokersImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.ReplicaStanding.Moving;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;

import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One change of one partition: say what happens, then {@link #finish} draws the consequences. All
 * changes of leaders and in-sync sets are made here. Mutable, used once.
 *
 * <pre>
 * what happens               in-sync set                 eligible set (ELR)
 * broker leaves              without it, save the last   with it, if the set is below the minimum
 * broker wants to go         as if it left, unless too   as if it left, or unchanged
 *                            few stay and one returns
 * broker lost its tail       without it, even the last   without it
 *                            (a sole replica stays: nobody has more)
 * replica is damaged         as lost, and the leader epoch ends
 * leader proposes a set      that set                    those that left, if below the minimum
 * set reaches the minimum    -                           empty: it may commit without the others
 *
 * leader, in this order      then in sync       then to recover
 * the present one, if in sync and in service,   -                  -
 *   unless it is to be emptied and another can
 * the first in sync that may lead               -                  -
 * the first eligible that may lead              it alone           -
 * the present one, if it only wants to stop     -                  -
 * the last leader, if nobody is in sync or eligible   it alone     yes: it may lack records
 * the first that may lead, if unclean is allowed;     it alone     yes: it may lack records
 *   replicas that began anew on another disk or that a reassignment adds come last
 * none
 * </pre>
 *
 * <p>In each line a replica on a broker that is to be emptied comes after the others.
 *
 * <p>Why the eligible may lead (KIP-966): the high watermark stands still while fewer than the
 * minimum are in sync, so whoever was in sync before has every committed record.
 */
public final class PartitionTransition {

    private static final int NOBODY = PartitionRegistration.NO_LEADER;

    private final PartitionId id;
    private final PartitionRegistration old;
    private final BrokersImage brokers;
    private final SafetyRules rules;
    private final BrokerIds eligible;

    private BrokerIds replicas;
    private BrokerIds isr;
    private BrokerIds elr;
    private BrokerIds lost = BrokerIds.NONE;
    private BrokerIds lastKnown;
    private BrokerIds anew;
    private Moving moving;
    private LeaderRecovery recovery;
    private int leader;
    private int rehoused = NOBODY;
    private boolean mayComplete;
    private boolean preferred;
    private boolean fencesLeader;
    private boolean unclean;

    /** What came of it. */
    public record Outcome(PartitionChanged record, PartitionRegistration partition) {}

    /**
     * @param brokers as they are going to be when the change is in force
     * @param rules of the topic
     */
    public PartitionTransition(
            PartitionId id, PartitionRegistration old, BrokersImage brokers, SafetyRules rules) {
        this.id = id;
        this.old = old;
        this.brokers = brokers;
        this.rules = rules;
        this.replicas = old.replicas();
        this.isr = old.isr();
        // A minimum that was lowered by a restart leaves no record: who was eligible under the old
        // one may lack what was committed under the new one.
        this.eligible =
                old.isr().size() < Math.min(rules.inSyncMin(), old.replicas().size())
                        ? old.elr()
                        : BrokerIds.NONE;
        this.elr = eligible;
        this.lastKnown = old.lastKnownElr();
        this.anew = old.begunAnew();
        this.moving = new Moving(old.adding(), old.removing());
        this.recovery = old.leaderRecovery();
        this.leader = old.leader();
    }

    /** A broker goes out of service in an orderly way, or is silent: it has what it had. */
    public PartitionTransition leaves(int brokerId) {
        BrokerIds left = isr.without(brokerId);
        isr = left.isEmpty() ? isr : left;
        return this;
    }

    /**
     * A broker wants to go and still runs: where too few would be left in sync and another replica
     * is expected, it stays one of them until that one is back.
     */
    public PartitionTransition stops(int brokerId) {
        return needs(brokerId) ? this : leaves(brokerId);
    }

    /** Whether a broker that wants to go would better wait for another one. */
    boolean needs(int brokerId) {
        int wanted = Math.min(rules.inSyncMin(), old.replicas().size());
        return old.isr().has(brokerId)
                && old.isr().size() - 1 < wanted
                && old.replicas().asList().stream()
                        .anyMatch(other -> !old.isr().has(other) && isExpected(other));
    }

    /** Whoever did not say that it goes: it lags, it starts, or it has crashed. */
    private boolean isExpected(int brokerId) {
        return brokers.broker(brokerId).filter(broker -> !broker.shuttingDown()).isPresent();
    }

    /** The replica of a broker may have lost records that it had. */
    public PartitionTransition lost(int brokerId) {
        if (replicas.size() == 1) {
            return this;
        }
        if (isr.has(brokerId) && isr.size() == 1 && lastKnown.isEmpty()) {
            lastKnown = BrokerIds.of(brokerId);
        }
        lost = lost.with(brokerId);
        isr = isr.without(brokerId);
        elr = elr.without(brokerId);
        return this;
    }

    /**
     * As {@link #lost}, of a replica whose broker goes on. Its leader still believes it to be where
     * it was, and may propose it: that ends with the leader epoch.
     */
    public PartitionTransition damaged(int brokerId) {
        fencesLeader = true;
        return lost(brokerId);
    }

    /**
     * The broker has not brought the directory with its replica: that begins anew in another one,
     * if there is only one, and is not the last known leader, as it has nothing. A sole replica
     * waits for its disk, also while a reassignment adds others.
     */
    PartitionTransition rehoused(int brokerId) {
        boolean gone = isGone(brokerId);
        if (gone && without(replicas, moving.adding()).equals(BrokerIds.of(brokerId))) {
            return this;
        }
        rehoused = brokerId;
        if (gone) {
            isr = isr.without(brokerId);
            lastKnown = lastKnown.without(brokerId);
            anew = anew.with(brokerId);
        }
        return this;
    }

    /** One that failed alone may be there again. */
    private boolean isGone(int brokerId) {
        return !directoryOf(brokerId).equals(BrokerRegistration.LOST);
    }

    /** Where the replica of a broker was; zero when that was not known. */
    Uuid directoryOf(int brokerId) {
        return old.directoryOf(brokerId);
    }

    /** The leader says who is in sync; it is one of them. */
    public PartitionTransition inSync(BrokerIds members, LeaderRecovery state) {
        isr = members;
        recovery = state;
        mayComplete = true;
        return this;
    }

    /**
     * Other replicas are wanted. Replicas that are in neither list are dropped at once.
     *
     * @param all the wanted ones in their order, then those to be removed in the end
     */
    public PartitionTransition reassign(BrokerIds all, Moving how) {
        replicas = all;
        moving = how;
        isr = kept(isr, all);
        elr = kept(elr, all);
        mayComplete = true;
        return this;
    }

    /** The preferred leader shall lead, if it is in sync and may. */
    public PartitionTransition preferringTheFirst() {
        preferred = true;
        return this;
    }

    /** Whether nobody is in sync any more; some callers refuse then. */
    public boolean withoutInSync() {
        return isr.isEmpty();
    }

    /** The record that makes it so; empty when nothing changes. */
    public Optional<Outcome> finish() {
        completeReassignment();
        elect();
        settleEligible();
        anew = kept(without(anew, isr), replicas);
        List<PartitionChange> changes = changes();
        if (changes.isEmpty()) {
            return Optional.empty();
        }
        int partitionEpoch = old.partitionEpoch() + 1;
        return Optional.of(
                new Outcome(
                        new PartitionChanged(id.topicId(), id.index(), partitionEpoch, changes),
                        old.changed(partitionEpoch, changes)));
    }

    /** Whether a broker may be given the leadership of a partition as far as it is concerned. */
    static boolean mayLead(int brokerId, PartitionRegistration partition, BrokersImage brokers) {
        return brokers.mayLead(brokerId)
                && brokers.broker(brokerId)
                        .filter(broker -> broker.hasOnline(partition.directoryOf(brokerId)))
                        .isPresent();
    }

    /** Not upon an election: what is removed may be all that is left of the records. */
    private void completeReassignment() {
        BrokerIds staying = without(isr, moving.removing());
        if (mayComplete && !moving.none() && isr.hasAll(moving.adding()) && !staying.isEmpty()) {
            replicas = without(replicas, moving.removing());
            isr = staying;
            elr = kept(elr, replicas);
            moving = Moving.NONE;
        }
    }

    private void elect() {
        int first = replicas.at(0);
        if (leader != NOBODY && isr.has(leader) && mayLead(leader) && !shouldHandOver()) {
            boolean better = isr.has(first) && mayLead(first) && !brokers.cordoned(first);
            leader = preferred && better ? first : leader;
            return;
        }
        leader = newLeader();
        if (leader == NOBODY) {
            lastKnown = old.hasLeader() ? BrokerIds.of(old.leader()) : lastKnown;
            lastKnown =
                    rehoused != NOBODY && isGone(rehoused)
                            ? lastKnown.without(rehoused)
                            : lastKnown;
        } else if (unclean || !isr.has(leader)) {
            isr = BrokerIds.of(leader);
        }
    }

    private int newLeader() {
        int found = first(isr);
        if (found == NOBODY) {
            found = first(elr);
        }
        if (found == NOBODY && old.hasLeader() && isr.has(old.leader()) && mayStay(old.leader())) {
            found = old.leader();
        }
        if (found == NOBODY) {
            found = lossy();
            unclean = found != NOBODY;
        }
        return found;
    }

    /** A leader that may lack committed records. */
    private int lossy() {
        int last = old.hasLeader() ? old.leader() : lastKnown.isEmpty() ? NOBODY : lastKnown.at(0);
        boolean nobodyIsSafe = isr.isEmpty() && elr.isEmpty();
        if (nobodyIsSafe && replicas.has(last) && mayLead(last)) {
            return last;
        }
        if (!rules.uncleanElection()) {
            return NOBODY;
        }
        int known = first(without(without(replicas, moving.adding()), anew));
        int any = known != NOBODY ? known : first(replicas);
        return any != NOBODY ? any : withoutItsDisk();
    }

    /** A sole replica whose directory its broker does not have any more: it begins anew. */
    private int withoutItsDisk() {
        int sole = replicas.at(0);
        boolean there =
                replicas.size() > 1
                        || !isGone(sole)
                        || brokers.broker(sole)
                                .filter(broker -> !broker.logDirs().contains(directoryOf(sole)))
                                .isEmpty();
        if (there || !brokers.mayLead(sole)) {
            return NOBODY;
        }
        rehoused = sole;
        return sole;
    }

    private void settleEligible() {
        if (leader != NOBODY) {
            lastKnown = BrokerIds.NONE;
        }
        if (unclean) {
            elr = BrokerIds.NONE;
            recovery = LeaderRecovery.RECOVERING;
            return;
        }
        if (isr.size() >= Math.min(rules.inSyncMin(), replicas.size())) {
            elr = BrokerIds.NONE;
            return;
        }
        BrokerIds candidates = eligible;
        for (int member : old.isr().asList()) {
            candidates = candidates.with(member);
        }
        elr = kept(without(without(candidates, isr), lost), replicas);
    }

    private List<PartitionChange> changes() {
        var changes = new ArrayList<PartitionChange>();
        if (!replicas.equals(old.replicas())) {
            changes.add(new PartitionChange.Replicas(replicas));
        }
        if (rehoused != NOBODY || !replicas.equals(old.replicas())) {
            directories().ifPresent(changes::add);
        }
        if (!isr.equals(old.isr())) {
            changes.add(new PartitionChange.InSync(isr));
        }
        if (leader != old.leader()) {
            changes.add(new PartitionChange.Leader(leader));
        }
        // Without a replica that is gone for good nobody may still copy under the old epoch.
        boolean goesOn = leader == old.leader() && replicas.hasAll(old.replicas());
        if (!goesOn || unclean || fencesLeader) {
            changes.add(new PartitionChange.LeaderEpoch(old.leaderEpoch() + 1));
        }
        if (!elr.equals(old.elr())) {
            changes.add(new PartitionChange.EligibleLeaders(elr));
        }
        if (!lastKnown.equals(old.lastKnownElr())) {
            changes.add(new PartitionChange.LastKnownLeaders(lastKnown));
        }
        if (recovery != old.leaderRecovery()) {
            changes.add(new PartitionChange.Recovery(recovery));
        }
        if (unclean) {
            changes.add(new PartitionChange.UncleanEpoch(old.leaderEpoch() + 1));
        }
        if (!anew.equals(old.begunAnew())) {
            changes.add(new PartitionChange.BegunAnew(anew));
        }
        if (!moving.adding().equals(old.adding())) {
            changes.add(new PartitionChange.Adding(moving.adding()));
        }
        if (!moving.removing().equals(old.removing())) {
            changes.add(new PartitionChange.Removing(moving.removing()));
        }
        return changes;
    }

    /** The directories of other replicas: those that stay keep theirs. */
    private Optional<PartitionChange> directories() {
        var directories = new ArrayList<Uuid>(replicas.size());
        for (int replica : replicas.asList()) {
            directories.add(
                    old.replicas().has(replica) && replica != rehoused
                            ? old.directoryOf(replica)
                            : onlyDirectory(replica, brokers));
        }
        boolean none = directories.stream().allMatch(Uuid.ZERO_UUID::equals);
        return none && old.directories().isEmpty()
                ? Optional.empty()
                : Optional.of(new PartitionChange.Directories(none ? List.of() : directories));
    }

    /** The directory of a replica to come: known when the broker has only one, otherwise zero. */
    static Uuid onlyDirectory(int brokerId, BrokersImage brokers) {
        List<Uuid> all =
                brokers.broker(brokerId).map(BrokerRegistration::logDirs).orElse(List.of());
        return all.size() == 1 ? all.get(0) : Uuid.ZERO_UUID;
    }

    /** The leader's broker is to be emptied, and another in sync can lead. */
    private boolean shouldHandOver() {
        if (!brokers.cordoned(leader)) {
            return false;
        }
        int successor = first(isr);
        return successor != NOBODY && !brokers.cordoned(successor);
    }

    /** The first that may lead; one whose broker is to be emptied only if there is no other. */
    private int first(BrokerIds among) {
        int lastResort = NOBODY;
        for (int replica : replicas.asList()) {
            if (among.has(replica) && mayLead(replica)) {
                if (!brokers.cordoned(replica)) {
                    return replica;
                }
                lastResort = lastResort == NOBODY ? replica : lastResort;
            }
        }
        return lastResort;
    }

    private boolean mayLead(int brokerId) {
        return mayLead(brokerId, old, brokers);
    }

    /** Whether a leader that nobody can follow may go on: it is still in service. */
    private boolean mayStay(int brokerId) {
        return brokers.isActive(brokerId)
                && brokers.broker(brokerId)
                        .filter(broker -> broker.hasOnline(old.directoryOf(brokerId)))
                        .isPresent();
    }

    private static BrokerIds without(BrokerIds ids, BrokerIds gone) {
        BrokerIds left = ids;
        for (int one : gone.asList()) {
            left = left.without(one);
        }
        return left;
    }

    private static BrokerIds kept(BrokerIds ids, BrokerIds among) {
        BrokerIds left = ids;
        for (int one : ids.asList()) {
            left = among.has(one) ? left : left.without(one);
        }
        return left;
    }
}
