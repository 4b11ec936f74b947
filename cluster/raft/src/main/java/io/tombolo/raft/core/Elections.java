package io.tombolo.raft.core;

import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.raft.core.RaftMessage.BeginEpochAnswer;
import io.tombolo.raft.core.RaftMessage.BeginEpochRequest;
import io.tombolo.raft.core.RaftMessage.EndEpochAnswer;
import io.tombolo.raft.core.RaftMessage.EndEpochRequest;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.VoteAnswer;
import io.tombolo.raft.core.RaftMessage.VoteRequest;
import io.tombolo.raft.core.RaftState.Candidate;
import io.tombolo.raft.core.RaftState.FetchLoop;
import io.tombolo.raft.core.RaftState.Fetches;
import io.tombolo.raft.core.RaftState.Leader;
import io.tombolo.raft.core.RaftState.Prospective;
import io.tombolo.raft.core.RaftState.Resigned;
import io.tombolo.raft.core.RaftState.Unattached;
import io.tombolo.raft.core.RaftState.Voted;
import io.tombolo.raft.core.RaftState.Waiting;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** How a leader is found: asking for votes, giving them, beginning and end of an epoch. */
final class Elections {

    /** Lost rounds make the pause before the next one twice as long, three times. */
    private static final int DOUBLINGS_MAX = 3;

    private final RaftCore core;
    private int lostRounds;
    private Room room = Room.AMPLE;
    private boolean hesitated;

    Elections(RaftCore core) {
        this.core = core;
    }

    void onTime(Waiting waiting) {
        if (!core.due(waiting.electionDeadlineNanos())) {
            return;
        }
        switch (waiting) {
            case Unattached _, Voted _, Resigned _ -> askAround();
            case Prospective _ -> fallBack();
            case Candidate _ -> lost();
        }
    }

    /** What passed while this replica slept proves nothing: it looks into its inbox first. */
    RaftState excused(RaftState state) {
        switch (state) {
            case Waiting waiting -> {
                if (core.due(waiting.electionDeadlineNanos())) {
                    return waiting.until(core.now() + core.electionTimeoutNanos());
                }
            }
            case Fetches fetching -> {
                FetchLoop loop = fetching.loop();
                loop.leaderDeadlineNanos =
                        Math.max(loop.leaderDeadlineNanos, core.now() + core.fetchNanos());
            }
            case Leader(LeaderBook book) -> book.excuseUntil(core.now() + core.fetchNanos() / 2);
        }
        return state;
    }

    /** There is a leader: what was lost before does not count any more. */
    void settled() {
        lostRounds = 0;
        hesitated = false;
    }

    private void lost() {
        lostRounds++;
        core.awaitElection(backoffNanos());
    }

    /** A pause by chance, so that rivals do not meet again; longer after each lost round. */
    long backoffNanos() {
        return core.random(backoffStepNanos() << Math.min(DOUBLINGS_MAX, lostRounds));
    }

    private long backoffStepNanos() {
        long max = core.settings().timing().electionBackoffMax().toNanos();
        return Math.max(1, max >> DOUBLINGS_MAX);
    }

    /** Asks how an election would go, before anybody is disturbed by a new epoch. */
    void askAround() {
        if (core.installing()) {
            // The log is between two states: neither may lead.
            core.awaitElection(core.electionTimeoutNanos());
        } else if (room != Room.AMPLE && !core.isSoleVoter() && !hesitated) {
            // Others may have what it takes; if not, somebody has to lead.
            hesitated = true;
            postpone(core.now() + 2 * core.electionTimeoutNanos());
        } else if (!core.rules().asksBeforeStanding()) {
            stand();
        } else {
            var ballot = new Ballot(core.log().voters(), core.self());
            core.enter(new Prospective(ballot, core.now() + core.electionTimeoutNanos()));
            requestVotes(ballot, true);
            if (ballot.won()) {
                stand();
            }
        }
    }

    private void postpone(long deadlineNanos) {
        switch (core.state()) {
            case Waiting waiting -> core.enter(waiting.until(deadlineNanos));
            case Fetches fetching -> fetching.loop().leaderDeadlineNanos = deadlineNanos;
            case Leader _ -> {}
        }
    }

    /** Who runs out of room lets others lead; once, for they may have no more of it. */
    void roomChanged(Room now) {
        boolean shrank = now.compareTo(room) > 0;
        room = now;
        if (core.rules().mustResign(shrank) && !core.isSoleVoter()) {
            core.leadership().resignIfLeading();
        }
    }

    /** Opens a new epoch and votes for itself in it. */
    void stand() {
        core.elect(core.election().epoch() + 1, core.self(), LeaderAndEpoch.NO_LEADER);
        var ballot = new Ballot(core.log().voters(), core.self());
        core.enter(new Candidate(ballot, core.now() + core.electionTimeoutNanos()));
        requestVotes(ballot, false);
        if (ballot.won()) {
            core.leadership().begin(ballot);
        }
    }

    private void requestVotes(Ballot ballot, boolean preVote) {
        for (ReplicaKey voter : core.log().voters().keys()) {
            if (!voter.equals(core.self())) {
                var request =
                        new VoteRequest(
                                voter,
                                core.self(),
                                core.election().epoch(),
                                core.log().end(),
                                preVote);
                ballot.asked(voter, core.ask(voter.nodeId(), request));
            }
        }
    }

    void answered(Envelope envelope, VoteAnswer answer) {
        if (core.learn(answer.current())) {
            return;
        }
        boolean granted = core.rules().counts(answer, core.election().epoch());
        if (core.state() instanceof Prospective(Ballot ballot, _)
                && ballot.answered(envelope.exchange(), granted)) {
            if (ballot.won()) {
                stand();
            } else if (ballot.lost()) {
                fallBack();
            }
        } else if (core.state() instanceof Candidate(Ballot ballot, _)
                && ballot.answered(envelope.exchange(), granted)) {
            if (ballot.won()) {
                core.leadership().begin(ballot);
            } else if (ballot.lost()) {
                lost();
            }
        }
    }

    /** A majority would not vote for this replica now: the leader may well be alive. */
    private void fallBack() {
        if (core.election().leader().hasLeader()) {
            lostRounds++;
            core.follow(core.election().leader());
        } else {
            lost();
        }
    }

    /** Answers a request for a vote or a pre-vote. */
    void vote(Envelope envelope, VoteRequest request) {
        RaftError error = RaftError.NONE;
        boolean granted = false;
        if (!core.rules().addressedTo(request.voter(), core.self())) {
            error = RaftError.INVALID_VOTER_KEY;
        } else if (request.epoch() < core.election().epoch()) {
            error = RaftError.FENCED_LEADER_EPOCH;
        } else {
            if (request.epoch() > core.election().epoch()) {
                core.unattach(request.epoch());
            }
            boolean upToDate = core.rules().upToDate(request.lastLog(), core.log().end());
            if (request.preVote()) {
                granted = upToDate && core.rules().mayPreVote(hearsLeader());
            } else if (upToDate && core.rules().mayVoteFor(request.candidate(), core.election())) {
                granted = true;
                voteFor(request.candidate());
            }
        }
        core.answer(envelope, new VoteAnswer(error, core.election().leader(), granted));
    }

    private void voteFor(ReplicaKey candidate) {
        core.elect(core.election().epoch(), candidate, LeaderAndEpoch.NO_LEADER);
        core.awaitElection(core.electionTimeoutNanos());
    }

    private boolean hearsLeader() {
        return switch (core.state()) {
            case Leader _ -> true;
            case Fetches fetching -> {
                FetchLoop loop = fetching.loop();
                yield loop.hasLeader() && loop.heard && !core.due(loop.leaderDeadlineNanos);
            }
            case Waiting _ -> false;
        };
    }

    /** A leader makes itself known. */
    void begin(Envelope envelope, BeginEpochRequest request) {
        RaftError error = RaftError.NONE;
        if (!core.rules().addressedTo(request.voter(), core.self())) {
            error = RaftError.INVALID_VOTER_KEY;
        } else if (request.leader().epoch() < core.election().epoch()) {
            error = RaftError.FENCED_LEADER_EPOCH;
        } else {
            core.learn(request.leader());
            if (core.state() instanceof Fetches fetching
                    && fetching.loop().leaderId == request.leader().leaderId()) {
                fetching.loop().heard = true;
                settled();
            }
        }
        core.answer(envelope, new BeginEpochAnswer(error, core.election().leader()));
    }

    /** A leader steps down; its best successor stands at once, the others leave it some time. */
    void end(Envelope envelope, EndEpochRequest request) {
        RaftError error = RaftError.NONE;
        int epoch = core.election().epoch();
        if (request.leader().epoch() < epoch) {
            error = RaftError.FENCED_LEADER_EPOCH;
        } else if (request.leader().epoch() > epoch) {
            core.unattach(request.leader().epoch());
        } else if (core.state() instanceof Fetches fetching
                && fetching.loop().leaderId == request.leader().leaderId()) {
            forgetLeader(successionDelayNanos(request));
        }
        core.answer(envelope, new EndEpochAnswer(error, core.election().leader()));
    }

    private long successionDelayNanos(EndEpochRequest request) {
        int rank = request.preferredSuccessors().indexOf(core.self());
        if (rank == 0) {
            return 0;
        }
        return rank < 0 ? core.electionTimeoutNanos() : rank * backoffStepNanos() + backoffNanos();
    }

    /** The leader of this epoch is no more. */
    void forgetLeader(long delayNanos) {
        ElectionState election = core.election();
        core.elect(election.epoch(), election.votedFor(), LeaderAndEpoch.NO_LEADER);
        core.awaitElection(delayNanos);
    }

    /**
     * Notices that this replica was not scheduled for about an election timeout. The silence it
     * seems to hear then is its own: what the others said may wait in its inbox. Mutable, part of
     * {@link RaftCore}.
     */
    static final class Attention {

        private final long periodNanos;
        private long dueNanos = Long.MAX_VALUE;
        private boolean excused;

        /**
         * @param electionNanos the election timeout; a pause of that length is noticed for certain,
         *     one of half of it maybe
         */
        Attention(long electionNanos) {
            periodNanos = Math.max(1, electionNanos / 2);
        }

        /**
         * Whether deadlines that have passed say nothing about others. Once only: a replica that is
         * late every time must not believe in its leader for ever.
         */
        boolean lapsed(long nowNanos) {
            if (dueNanos == Long.MAX_VALUE || nowNanos - dueNanos < 0) {
                return false;
            }
            boolean late = nowNanos - dueNanos >= periodNanos;
            boolean excuse = late && !excused;
            excused = late;
            dueNanos = nowNanos + periodNanos;
            return excuse;
        }

        /**
         * The time to wake up for a deadline; earlier than that, to see whether it wakes up in
         * time.
         */
        long wish(long deadlineNanos, long nowNanos) {
            if (deadlineNanos == Long.MAX_VALUE) {
                dueNanos = Long.MAX_VALUE;
            } else if (dueNanos == Long.MAX_VALUE) {
                dueNanos = nowNanos + periodNanos;
            }
            return Math.min(deadlineNanos, dueNanos);
        }
    }

    /** The votes of one round, asked for and come in. Mutable, part of {@link RaftCore}. */
    static final class Ballot {

        private final VoterSet voters;
        private final Map<Long, ReplicaKey> unanswered = new TreeMap<>();
        private final Set<ReplicaKey> granting = new TreeSet<>();
        private final Set<ReplicaKey> refusing = new TreeSet<>();

        Ballot(VoterSet voters, ReplicaKey self) {
            this.voters = voters;
            if (voters.contains(self)) {
                granting.add(self);
            }
        }

        void asked(ReplicaKey voter, long exchange) {
            unanswered.put(exchange, voter);
        }

        /** Takes an answer in, once; false when this round asked no such question. */
        boolean answered(long exchange, boolean granted) {
            ReplicaKey voter = unanswered.remove(exchange);
            if (voter == null) {
                return false;
            }
            (granted ? granting : refusing).add(voter);
            return true;
        }

        boolean won() {
            return granting.size() >= voters.majority();
        }

        boolean lost() {
            return voters.size() - refusing.size() < voters.majority();
        }

        Set<ReplicaKey> granting() {
            return granting;
        }
    }
}
