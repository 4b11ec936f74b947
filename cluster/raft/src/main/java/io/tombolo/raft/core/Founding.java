package io.tombolo.raft.core;

import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.Past;
import io.tombolo.raft.core.RaftMessage.PresenceAnswer;
import io.tombolo.raft.core.RaftMessage.PresenceRequest;
import io.tombolo.raft.core.VoterSet.Enrolment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a quorum begins without anybody formatting disks: the lowest of the founders, while its own
 * log is empty, asks every node of the region who it is and what it holds. When all have just said
 * that they hold nothing, it names the founders' replicas, each with the id of its directory, as
 * the first voters and stands for election; from its first record on the log names them. When
 * somebody holds something, there is or was a quorum: it is looked for, and never begun again.
 *
 * <pre>
 * nobody answers, or not everybody    waits, and can tell for whom
 * somebody holds a log that may be    waits to be told of the leader, then observes
 *   committed
 * somebody has lost the log it had    the same; and when nobody holds one, says so
 * nobody does                         begins with the founders as voters
 * </pre>
 *
 * A node that remembers a quorum, and whose log is empty, asks as well, whether it is a founder or
 * not, and never begins one.
 *
 * <p>A founder that crashes before its first record is durable asks again; another voter may have
 * that record by then, objects, and leads. A founder with a wiped disk finds the others' logs. Two
 * beginnings could commit differently only if every disk of a committing majority were lost.
 */
final class Founding {

    private final RaftCore core;
    private final Enrolment enrolment;
    private final Map<Integer, Contact> contacts = new TreeMap<>();
    private final boolean begins;

    /** What is known of another node. */
    private static final class Contact {

        private long exchange = RaftState.FetchLoop.NONE;
        private long askNanos = Long.MIN_VALUE;
        private long heardNanos;
        private Optional<PresenceAnswer> there = Optional.empty();
    }

    Founding(RaftCore core, Enrolment enrolment) {
        this.core = core;
        this.enrolment = enrolment;
        boolean lowest =
                enrolment.founders().stream().min(Integer::compare).equals(Optional.of(node()));
        this.begins = core.rules().mayBegin(enrolment.remembers()) && lowest;
        if (lowest || enrolment.remembers()) {
            enrolment.contacts().stream()
                    .filter(each -> each != node())
                    .forEach(each -> contacts.put(each, new Contact()));
        }
    }

    private int node() {
        return core.self().nodeId();
    }

    /** Says who this replica is; whatever it is doing. */
    void present(Envelope envelope) {
        core.answer(
                envelope,
                new PresenceAnswer(
                        RaftError.NONE,
                        core.election().leader(),
                        enrolment.voter(core.self()),
                        lost() ? PresenceAnswer.LOST : core.log().endOffset(),
                        core.log().firstAndOnlyVoters()));
    }

    /** Whether this node was part of a quorum, and has nothing left of it. */
    private boolean lost() {
        return enrolment.remembers() && core.log().unfounded();
    }

    /** Whether there is anything to find out. */
    private boolean open() {
        return (enrolment.founders().contains(node()) || lost())
                && core.log().unfounded()
                && !core.election().leader().hasLeader()
                && !core.installing()
                && (!contacts.isEmpty() || enrolment.founders().size() == 1);
    }

    void onTime() {
        if (!open()) {
            return;
        }
        contacts.forEach((node, contact) -> {
            if (contact.askNanos == Long.MIN_VALUE || core.due(contact.askNanos)) {
                contact.exchange = core.ask(node, new PresenceRequest());
                contact.askNanos = core.now() + core.settings().timing().request().toNanos();
            }
        });
        foundIfNobodyObjects();
    }

    void answered(Envelope envelope, PresenceAnswer answer) {
        if (core.learn(answer.current())) {
            return;
        }
        Contact contact = contacts.get(envelope.from());
        if (contact == null || contact.exchange != envelope.exchange()) {
            return;
        }
        contact.exchange = RaftState.FetchLoop.NONE;
        contact.heardNanos = core.now();
        contact.askNanos = core.now() + core.settings().timing().fetchWait().toNanos();
        contact.there = Optional.of(answer);
    }

    void requestFailed(long exchange) {
        for (Contact contact : contacts.values()) {
            if (contact.exchange == exchange) {
                contact.exchange = RaftState.FetchLoop.NONE;
                contact.there = Optional.empty();
                contact.askNanos = core.now() + core.settings().timing().retryBackoff().toNanos();
            }
        }
    }

    /** What is known now: an answer of some time ago may be that of a disk that is lost since. */
    private List<PresenceAnswer> present() {
        return contacts.values().stream()
                .filter(each -> core.now() - each.heardNanos <= core.fetchNanos())
                .flatMap(each -> each.there.stream())
                .toList();
    }

    private List<PresenceAnswer> willing() {
        List<PresenceAnswer> present = present();
        var newcomers = new TreeSet<ReplicaKey>();
        newcomers.add(core.self());
        for (PresenceAnswer each : present) {
            if (each.logEndOffset() == 0) {
                newcomers.add(each.replica().key());
            }
        }
        return present.stream().filter(each -> !core.rules().objects(each, newcomers)).toList();
    }

    private void foundIfNobodyObjects() {
        List<PresenceAnswer> willing = willing();
        if (!begins || !core.rules().mayFound(contacts.size(), willing.size())) {
            return;
        }
        var voters = new ArrayList<VoterSet.Voter>();
        voters.add(enrolment.voter(core.self()));
        for (PresenceAnswer each : willing) {
            if (enrolment.founders().contains(each.replica().key().nodeId())) {
                voters.add(each.replica());
            }
        }
        core.log().found(VoterSet.of(voters));
        core.awaitElection(0);
    }

    /** What is known of a quorum before this one. */
    Past past() {
        if (!open()) {
            return Past.NONE;
        }
        List<PresenceAnswer> present = present();
        boolean known =
                lost() || present.stream().anyMatch(it -> it.logEndOffset() == PresenceAnswer.LOST);
        boolean gone =
                present.size() == contacts.size()
                        && present.stream().allMatch(it -> it.logEndOffset() <= 0);
        return !known ? Past.NONE : gone ? Past.LOST : Past.REMEMBERED;
    }

    /** Whom this replica waits for. */
    List<Integer> awaited() {
        if (!open() || !begins) {
            return List.of();
        }
        var awaited = new ArrayList<>(contacts.keySet());
        willing().forEach(each -> awaited.remove((Integer) each.replica().key().nodeId()));
        return List.copyOf(awaited);
    }

    long deadlineNanos() {
        if (!open()) {
            return Long.MAX_VALUE;
        }
        return contacts.values().stream()
                .mapToLong(each -> each.askNanos)
                .min()
                .orElse(Long.MAX_VALUE);
    }
}
