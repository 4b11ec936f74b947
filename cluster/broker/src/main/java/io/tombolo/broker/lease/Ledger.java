package io.tombolo.broker.lease;

import io.tombolo.broker.lease.LedgerWire.Question;
import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;
import io.tombolo.raft.RaftListener;
import io.tombolo.raft.RaftNode;
import io.tombolo.raft.RaftTransport;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.ProposeResult;
import io.tombolo.raft.core.RaftMessage.Answer;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.Request;
import io.tombolo.raft.core.RaftSettings;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterChange;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.Lease;
import io.tombolo.region.lease.LeaseLedger;
import io.tombolo.region.lease.LeaseLedger.Entry;
import io.tombolo.region.lease.LeaseLedger.Verdict;
import io.tombolo.region.lease.LeaseLedger.Wish;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The voter of one site: a replica of the ledger's log, and the state that it makes of it. Mutable,
 * confined to the loop.
 */
final class Ledger implements RaftTransport, RaftListener {

    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    /** Questions that may wait here for their answers; the oldest make room. */
    static final int WAITING_MAX = 1_000;

    /** How long a replica that is to vote may take to catch up. */
    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    /** A snapshot is made after so many records. */
    static final long SNAPSHOT_RECORDS = 5_000;

    private final Place place;
    private final SitePost post;
    private final LeaseLedger granter;
    private final RaftNode node;
    private final Map<Long, Consumer<byte[]>> waitingVoters = new LinkedHashMap<>();
    private final Map<Long, Asked> asked = new LinkedHashMap<>();
    private long lastQuestion;
    private long appliedOffset;
    private long snapshotOffset;
    private boolean snapshotting;

    /**
     * Where it runs.
     *
     * @param sites the sites by the node ids of their voters
     */
    record Place(EventLoop loop, Clock clock, Map<Integer, RegionId> sites) {

        Place {
            sites = Map.copyOf(sites);
        }
    }

    /** Wishes that were proposed. Those that were not agreed to have their outcome already. */
    private static final class Asked {

        private final List<Optional<LeaseAnswer.Outcome>> outcomes;
        private final int epoch;
        private final Consumer<LeaseAnswer> answer;

        Asked(
                List<Optional<LeaseAnswer.Outcome>> outcomes,
                int epoch,
                Consumer<LeaseAnswer> answer) {
            this.outcomes = outcomes;
            this.epoch = epoch;
            this.answer = answer;
        }
    }

    Ledger(
            Place place,
            Lease.Terms terms,
            SitePost post,
            RaftNode.Membership member,
            RaftNode.Place raft) {
        this.place = place;
        this.post = post;
        this.granter = new LeaseLedger(terms);
        this.node = new RaftNode(member, raft, RaftSettings.STANDARD, this, this);
    }

    void start() {
        node.start();
    }

    void close(Runnable done) {
        node.close(done);
    }

    /** Takes a question of another site, or of a broker of this one. */
    void take(Question question, Consumer<byte[]> answer) {
        switch (question) {
            case Question.Raft(int from, Request request) -> {
                makeRoom(waitingVoters);
                long number = ++lastQuestion;
                waitingVoters.put(number, answer);
                node.receive(new Envelope(from, node.self().nodeId(), number, request));
            }
            case Question.Seat(ReplicaKey replica, boolean votes) -> {
                if (votes) {
                    node.addVoter(new VoterSet.Voter(replica, new TreeMap<>()), CATCH_UP, _ -> {});
                } else {
                    node.removeVoter(replica, CATCH_UP, _ -> {});
                }
                answer.accept(new byte[0]);
            }
            case Question.Wishes(List<Wish> wishes) ->
                    wish(wishes, outcome -> answer.accept(LedgerWire.encode(outcome)));
        }
    }

    private static void makeRoom(Map<Long, ?> waiting) {
        if (waiting.size() >= WAITING_MAX) {
            var oldest = waiting.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    // --- wishes

    /** Judges wishes, if this voter leads; answered when what was agreed to is committed. */
    void wish(List<Wish> wishes, Consumer<LeaseAnswer> answer) {
        LeaderAndEpoch leader = node.leader();
        if (leader.leaderId() != node.self().nodeId()) {
            answer.accept(new LeaseAnswer.NotLeader(leader.leaderId()));
            return;
        }
        long now = place.clock().nanoTime();
        var outcomes = new ArrayList<Optional<LeaseAnswer.Outcome>>();
        var entries = new ArrayList<byte[]>();
        for (Wish wish : wishes) {
            switch (granter.judge(wish, now)) {
                case Verdict.Agree(Entry entry) -> {
                    entries.add(LedgerFields.entry(entry));
                    outcomes.add(Optional.empty());
                }
                case Verdict.Wait(var holding, long nanos) ->
                        outcomes.add(Optional.of(new LeaseAnswer.Outcome.Wait(holding, nanos)));
                case Verdict.Refused(var holding) ->
                        outcomes.add(Optional.of(new LeaseAnswer.Outcome.Refused(holding)));
            }
        }
        if (entries.isEmpty()) {
            answer.accept(told(outcomes));
        } else {
            propose(entries, new Asked(outcomes, leader.epoch(), answer));
        }
    }

    private void propose(List<byte[]> entries, Asked question) {
        switch (node.propose(entries, question.epoch)) {
            case ProposeResult.Accepted accepted -> {
                makeRoom(asked);
                asked.put(accepted.baseOffset(), question);
            }
            case ProposeResult.NotLeader(LeaderAndEpoch current) ->
                    question.answer.accept(new LeaseAnswer.NotLeader(current.leaderId()));
            case ProposeResult.Overloaded _, ProposeResult.TooLarge _ ->
                    question.answer.accept(new LeaseAnswer.NotLeader(LeaderAndEpoch.NO_LEADER));
        }
    }

    private static LeaseAnswer told(List<Optional<LeaseAnswer.Outcome>> outcomes) {
        return new LeaseAnswer.Told(outcomes.stream().flatMap(Optional::stream).toList());
    }

    // --- what the voters have agreed on

    @Override
    public void onCommit(LogBatch batch) {
        long now = place.clock().nanoTime();
        var valid = new ArrayList<Boolean>();
        for (byte[] record : batch.records()) {
            valid.add(granter.apply(entryOf(record), now));
        }
        appliedOffset = batch.endOffset();
        Asked question = asked.remove(batch.baseOffset());
        if (question != null) {
            question.answer.accept(
                    question.epoch == batch.epoch()
                            ? told(outcomes(question, batch, valid))
                            : new LeaseAnswer.NotLeader(LeaderAndEpoch.NO_LEADER));
        }
        snapshotNowAndThen();
    }

    private List<Optional<LeaseAnswer.Outcome>> outcomes(
            Asked question, LogBatch batch, List<Boolean> valid) {
        var outcomes = new ArrayList<Optional<LeaseAnswer.Outcome>>();
        int next = 0;
        for (Optional<LeaseAnswer.Outcome> one : question.outcomes) {
            if (one.isPresent()) {
                outcomes.add(one);
                continue;
            }
            Entry entry = entryOf(batch.records().get(next));
            outcomes.add(
                    Optional.of(
                            valid.get(next)
                                    ? new LeaseAnswer.Outcome.Given()
                                    : new LeaseAnswer.Outcome.Refused(
                                            granter.holding(entry.domain()))));
            next++;
        }
        return outcomes;
    }

    /** What cannot be read stops this voter: going on without it, it would judge wrongly. */
    private static Entry entryOf(byte[] record) {
        return LedgerFields.entry(record)
                .orElseThrow(() ->
                        new IllegalStateException(
                                "the ledger has an entry that this release does not know"));
    }

    private void snapshotNowAndThen() {
        if (snapshotting || appliedOffset - snapshotOffset < SNAPSHOT_RECORDS) {
            return;
        }
        List<byte[]> records = granter.kept().stream().map(LedgerFields::entry).toList();
        if (records.isEmpty()) {
            return;
        }
        snapshotting = true;
        long end = appliedOffset;
        node.createSnapshot(
                end,
                List.of(records).iterator(),
                outcome -> {
                    snapshotting = false;
                    if (outcome instanceof Offload.Outcome.Done) {
                        snapshotOffset = end;
                    }
                });
    }

    @Override
    public void onSnapshotBegun(OffsetAndEpoch id) {
        granter.clear();
    }

    @Override
    public void onSnapshotRecords(List<byte[]> records) {
        long now = place.clock().nanoTime();
        records.forEach(record -> granter.apply(entryOf(record), now));
    }

    @Override
    public void onSnapshotEnded(OffsetAndEpoch id) {
        appliedOffset = id.offset();
        snapshotOffset = id.offset();
    }

    @Override
    public void onLeaderChange(LeaderAndEpoch leader) {
        LOG.atInfo().addKeyValue("leader", leader).log("The ownership ledger has another leader");
        List<Asked> left = List.copyOf(asked.values());
        asked.clear();
        left.forEach(one -> one.answer.accept(new LeaseAnswer.NotLeader(leader.leaderId())));
    }

    @Override
    public void onFault(Exception cause) {
        LOG.atError()
                .setCause(cause)
                .log("This site's voter of the ownership ledger has stopped; the others go on");
    }

    // --- the way to the other voters

    @Override
    public void send(Envelope envelope) {
        switch (envelope.body()) {
            case Request request -> ask(envelope, request);
            case Answer answer -> {
                Consumer<byte[]> waiting = waitingVoters.remove(envelope.exchange());
                if (waiting != null) {
                    waiting.accept(LedgerWire.encode(answer));
                }
            }
        }
    }

    private void ask(Envelope envelope, Request request) {
        RegionId site = place.sites().get(envelope.to());
        if (site == null) {
            place.loop().execute(() -> node.requestFailed(envelope.exchange()));
            return;
        }
        byte[] question = LedgerWire.encode(new Question.Raft(node.self().nodeId(), request));
        post.ask(site, question, answer -> place.loop().execute(() -> answered(envelope, answer)));
    }

    private void answered(Envelope question, Optional<byte[]> bytes) {
        bytes.flatMap(LedgerWire::raftAnswer)
                .ifPresentOrElse(
                        answer ->
                                node.receive(
                                        new Envelope(
                                                question.to(),
                                                node.self().nodeId(),
                                                question.exchange(),
                                                answer)),
                        () -> node.requestFailed(question.exchange()));
    }

    @Override
    public void askVoterChange(LeaderAndEpoch leader, VoterChange change) {
        RegionId site = place.sites().get(leader.leaderId());
        Optional<Question> question =
                switch (change) {
                    case VoterChange.Add(VoterSet.Voter voter) ->
                            Optional.of(new Question.Seat(voter.key(), true));
                    case VoterChange.Remove(ReplicaKey voter) ->
                            Optional.of(new Question.Seat(voter, false));
                    case VoterChange.Update _ -> Optional.empty(); // no address is in the log
                };
        if (site != null && question.isPresent()) {
            post.ask(site, LedgerWire.encode(question.get()), _ -> {});
        }
    }
}
