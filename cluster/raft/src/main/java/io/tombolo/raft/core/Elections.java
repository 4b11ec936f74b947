package io.tombolo.raft.core;

import io.tombolo.raft.core.RaftMessage.BeginEpochAnswer;
import io.tombolo.raft.core.RaftMessage.BeginEpochRequest;
import io.tombolo.raft.core.RaftMessage.EndEpochAnswer;
import io.tombolo.raft.core.RaftMessage.EndEpochRequest;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.VoteAnswer;
import io.tombolo.raft.core.RaftMessage.VoteRequest;
import io.tombolo.raft.core.RaftState.Candidate;
import io.tombolo.raft.core.RaftState.Fetches;
import io.tombolo.raft.core.RaftState.Leader;
import io.tombolo.raft.core.RaftState.Prospective;
import io.tombolo.raft.core.RaftState.Resigned;
import io.tombolo.raft.core.RaftState.Unattached;
import io.tombolo.raft.core.RaftState.Voted;
import io.tombolo.raft.core.RaftState.Waiting;

/** How a leader is found: asking for votes, giving them, beginning and end of an epoch. */
final class Elections {

    private final RaftCore core;

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
            case Candidate _ -> core.awaitElection(core.backoffNanos());
        }
    }

    /** Asks how an election would go, before anybody is disturbed by a new epoch. */
    void askAround() {
        if (core.installing()) {
            // The log is between two states: neither may lead.
            core.awaitElection(core.electionTimeoutNanos());
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
                core.awaitElection(core.backoffNanos());
            }
        }
    }

    /** A majority would not vote for this replica now: the leader may well be alive. */
    private void fallBack() {
        if (core.election().leader().hasLeader()) {
            core.follow(core.election().leader());
        } else {
            core.awaitElection(core.backoffNanos());
        }
    }

    /** Answers a request for a vote or a pre-vote. */
    void vote(Envelope envelope, VoteRequest request) {
        RaftError error = RaftError.NONE;
        boolean granted = false;
        if (!request.voter().equals(core.self())) {
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
        if (!request.voter().equals(core.self())) {
            error = RaftError.INVALID_VOTER_KEY;
        } else if (request.leader().epoch() < core.election().epoch()) {
            error = RaftError.FENCED_LEADER_EPOCH;
        } else {
            core.learn(request.leader());
            if (core.state() instanceof Fetches fetching
                    && fetching.loop().leaderId == request.leader().leaderId()) {
                fetching.loop().heard = true;
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
        return rank < 0 ? core.electionTimeoutNanos() : core.backoffNanos() + core.backoffNanos();
    }

    /** The leader of this epoch is no more. */
    void forgetLeader(long delayNanos) {
        ElectionState election = core.election();
        core.elect(election.epoch(), election.votedFor(), LeaderAndEpoch.NO_LEADER);
        core.awaitElection(delayNanos);
    }
}
