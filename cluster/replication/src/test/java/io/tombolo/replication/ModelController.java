package io.tombolo.replication;

import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.replication.leader.IsrProposals.Member;
import io.tombolo.replication.leader.IsrProposals.Outcome;
import io.tombolo.replication.leader.IsrProposals.Proposal;
import io.tombolo.replication.leader.Peers.Standing;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The controller of one partition in small: registrations, fencing, the ISR, the ELR (KIP-966) and
 * elections. It never fails; the way to it does.
 */
final class ModelController {

    static final int IN_SYNC_MIN = 2;

    /** The committed state, as it is told to brokers. */
    record Image(
            long version,
            int leader,
            int leaderEpoch,
            int partitionEpoch,
            BrokerIds replicas,
            BrokerIds isr,
            BrokerIds outOfUse,
            Map<Integer, Standing> standings) {}

    /** What a broker reports of its replica. */
    enum Report {
        WELL,
        LOST,
        DAMAGED
    }

    private final BrokerIds replicas;
    private final boolean raisesEpochs;
    private final TreeMap<Integer, Standing> standings = new TreeMap<>();
    private final TreeSet<Integer> eligible = new TreeSet<>();
    private BrokerIds isr;
    private BrokerIds outOfUse = BrokerIds.NONE;
    private int leader = -1;
    private int leaderEpoch;
    private int partitionEpoch;
    private long brokerEpochs;
    private long version;

    ModelController(BrokerIds replicas, boolean raisesEpochs) {
        this.replicas = replicas;
        this.isr = replicas;
        this.raisesEpochs = raisesEpochs;
    }

    Image image() {
        return new Image(
                version,
                leader,
                leaderEpoch,
                partitionEpoch,
                replicas,
                isr,
                outOfUse,
                Map.copyOf(standings));
    }

    BrokerIds isr() {
        return isr;
    }

    int leader() {
        return leader;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    /** The leader goes on in an epoch at least as high: a link needs it. */
    void raise(int atLeast) {
        if (leaderEpoch < atLeast) {
            leaderEpoch = atLeast;
            partitionEpoch++;
            version++;
        }
    }

    /**
     * A started broker; one that did not stop cleanly may have lost anything.
     *
     * @return its broker epoch
     */
    long register(int broker, boolean clean) {
        standings.put(broker, new Standing(++brokerEpochs, true));
        version++;
        outOfUse = outOfUse.without(broker);
        if (!clean) {
            changeIsr(isr.without(broker));
            eligible.remove(broker);
        }
        electIfNeeded();
        return brokerEpochs;
    }

    boolean fenced(int broker) {
        Standing standing = standings.get(broker);
        return standing == null || !standing.active();
    }

    long epochOf(int broker) {
        Standing standing = standings.get(broker);
        return standing == null ? -1 : standing.brokerEpoch();
    }

    /** Nothing was heard of a broker for too long. */
    void fence(int broker) {
        Standing standing = standings.get(broker);
        if (standing != null && standing.active()) {
            standings.put(broker, new Standing(standing.brokerEpoch(), false));
            version++;
            changeIsr(isr.without(broker));
            electIfNeeded();
        }
    }

    /** It is heard again. */
    void unfence(int broker) {
        Standing standing = standings.get(broker);
        if (standing != null && !standing.active()) {
            standings.put(broker, new Standing(standing.brokerEpoch(), true));
            version++;
            electIfNeeded();
        }
    }

    /**
     * AssignReplicasToDirs: a replica is in use, or not, or does not have any more what it had.
     *
     * @return whether that is accepted
     */
    boolean told(int broker, long brokerEpoch, Report report) {
        if (brokerEpoch != epochOf(broker)) {
            return false;
        }
        boolean others = !isr.without(broker).isEmpty() && leader != -1 && leader != broker;
        if (report == Report.DAMAGED && !others) {
            return false;
        }
        boolean known = report != Report.DAMAGED && outOfUse.has(broker) == (report == Report.LOST);
        if (known) {
            return true;
        }
        version++;
        partitionEpoch++;
        if (report == Report.WELL) {
            outOfUse = outOfUse.without(broker);
        } else {
            outOfUse = outOfUse.with(broker);
            changeIsr(isr.without(broker));
            if (report == Report.DAMAGED) {
                eligible.remove(broker);
                leadBy(leader); // in another epoch: the leader believes the replica where it was
            }
        }
        electIfNeeded();
        return true;
    }

    private boolean mayLead(int broker) {
        return !fenced(broker) && !outOfUse.has(broker);
    }

    /** Gives the leadership to a replica in sync, as a balancer does. */
    void prefer(int broker) {
        if (isr.has(broker) && !fenced(broker) && leader != -1 && leader != broker) {
            leadBy(broker);
        }
    }

    private void changeIsr(BrokerIds next) {
        if (next.equals(isr)) {
            return;
        }
        for (int id : isr.asList()) {
            if (!next.has(id)) {
                eligible.add(id);
            }
        }
        isr = next;
        if (isr.size() >= IN_SYNC_MIN) {
            eligible.clear();
        }
        eligible.removeAll(isr.asList());
        partitionEpoch++;
        version++;
    }

    private void electIfNeeded() {
        if (leader != -1 && isr.has(leader)) {
            return;
        }
        for (int id : isr.asList()) {
            if (mayLead(id)) {
                leadBy(id);
                return;
            }
        }
        for (int id : eligible) {
            if (mayLead(id)) {
                isr = BrokerIds.of(id);
                eligible.remove(id);
                leadBy(id);
                return;
            }
        }
        if (leader != -1) {
            leader = -1;
            raise();
        }
    }

    private void leadBy(int broker) {
        leader = broker;
        raise();
    }

    private void raise() {
        if (raisesEpochs) {
            leaderEpoch++;
        }
        partitionEpoch++;
        version++;
    }

    /** AlterPartition. */
    Outcome alter(int broker, Proposal proposal) {
        if (broker != leader || proposal.leaderEpoch() != leaderEpoch) {
            return new Outcome.Fenced();
        }
        if (proposal.partitionEpoch() != partitionEpoch) {
            return sameIsr(proposal.brokers()) ? accepted() : new Outcome.StalePartitionEpoch();
        }
        for (Member member : proposal.isr()) {
            boolean current =
                    member.brokerEpoch() == -1
                            || member.brokerEpoch() == epochOf(member.brokerId());
            if (!mayLead(member.brokerId()) || !current) {
                return new Outcome.InvalidUpdate();
            }
        }
        changeIsr(proposal.brokers());
        return accepted();
    }

    private boolean sameIsr(BrokerIds other) {
        return other.hasAll(isr) && isr.hasAll(other);
    }

    private Outcome accepted() {
        return new Outcome.Accepted(leaderEpoch, partitionEpoch, isr);
    }
}
