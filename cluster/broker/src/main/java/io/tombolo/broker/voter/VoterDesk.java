package io.tombolo.broker.voter;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.EventLoop;
import io.tombolo.raft.RaftNode;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterChange;
import io.tombolo.raft.core.VoterChange.Outcome;
import io.tombolo.raft.core.VoterSet;

import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.UpdateRaftVoterRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Answers AddRaftVoter, RemoveRaftVoter and UpdateRaftVoter where the quorum is led; elsewhere
 * NOT_CONTROLLER, and nothing has been done.
 *
 * @param clusterId of the region
 * @param loop that the replica belongs to
 * @param voters who may vote by the file
 */
public record VoterDesk(String clusterId, EventLoop loop, RaftNode raft, Voters voters) {

    /** How long a change waits for its commit; a replica to be added also to catch up. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration ADD_PATIENCE_MAX = Duration.ofSeconds(30);

    /** What clients may ask, and replicas too. */
    public <T extends ApiMessage> RequestHandler<T> handler() {
        return this::handle;
    }

    /** Adds all three, as brokers ask them of each other. */
    public RequestDispatcher addTo(RequestDispatcher dispatcher) {
        return addForClients(dispatcher)
                .with(ApiKeys.UPDATE_RAFT_VOTER, UpdateRaftVoterRequestData.class, this::handle);
    }

    /** Adds the two that operators ask. */
    public RequestDispatcher addForClients(RequestDispatcher dispatcher) {
        return dispatcher
                .with(ApiKeys.ADD_RAFT_VOTER, AddRaftVoterRequestData.class, this::handle)
                .with(ApiKeys.REMOVE_RAFT_VOTER, RemoveRaftVoterRequestData.class, this::handle);
    }

    private void handle(Exchange exchange, ApiMessage body) {
        ApiKeys api = exchange.request().api();
        String named = VoterChangeCodec.clusterIdOf(body);
        if (named != null && !named.equals(clusterId)) {
            var nobody = new LeaderAndEpoch(LeaderAndEpoch.NO_LEADER, 0);
            exchange.answer(
                    VoterChangeCodec.response(
                            api,
                            Errors.INCONSISTENT_CLUSTER_ID,
                            Errors.INCONSISTENT_CLUSTER_ID.message(),
                            nobody));
            return;
        }
        Shards.run(loop, () -> change(exchange, api, body));
    }

    private void change(Exchange exchange, ApiKeys api, ApiMessage body) {
        VoterChange change;
        try {
            change = VoterChangeCodec.decode(body);
        } catch (IllegalArgumentException senseless) {
            exchange.answer(
                    VoterChangeCodec.response(
                            api, Errors.INVALID_REQUEST, senseless.getMessage(), raft.leader()));
            return;
        }
        if (change instanceof VoterChange.Add(VoterSet.Voter voter)
                && !voters.mayVote(voter.key().nodeId())) {
            exchange.answer(
                    VoterChangeCodec.response(
                            api,
                            Errors.INVALID_REQUEST,
                            "Node %d cannot vote: in this region %s do."
                                    .formatted(
                                            voter.key().nodeId(),
                                            voters.nodes().separate()
                                                    ? "controllers of their own"
                                                    : "brokers"),
                            raft.leader()));
            return;
        }
        boolean waits = !(body instanceof AddRaftVoterRequestData add) || add.ackWhenCommitted();
        submit(
                change,
                waits ? patience(body) : Duration.ZERO,
                outcome -> exchange.answer(answer(api, change, outcome, waits)));
    }

    private static Duration patience(ApiMessage body) {
        if (body instanceof AddRaftVoterRequestData add) {
            long ms = Math.clamp(add.timeoutMs(), 0, ADD_PATIENCE_MAX.toMillis());
            return Duration.ofMillis(ms);
        }
        return PATIENCE;
    }

    private void submit(VoterChange change, Duration timeout, Consumer<Outcome> answer) {
        switch (change) {
            case VoterChange.Add(VoterSet.Voter voter) -> raft.addVoter(voter, timeout, answer);
            case VoterChange.Remove(ReplicaKey voter) -> raft.removeVoter(voter, timeout, answer);
            case VoterChange.Update(VoterSet.Voter voter) ->
                    raft.updateVoter(voter, timeout, answer);
        }
    }

    private ApiMessage answer(ApiKeys api, VoterChange change, Outcome outcome, boolean waits) {
        return switch (outcome) {
            case Outcome.Committed _ ->
                    VoterChangeCodec.response(api, Errors.NONE, null, raft.leader());
            case Outcome.Refused(var reason, LeaderAndEpoch leader) -> {
                boolean begun = !waits && reason == Outcome.Reason.REQUEST_TIMED_OUT;
                Errors error = begun ? Errors.NONE : error(reason);
                yield VoterChangeCodec.response(
                        api, error, begun ? null : message(reason, change), leader);
            }
        };
    }

    /** As Kafka's; what only waiting can mend is retriable. */
    private static Errors error(Outcome.Reason reason) {
        return switch (reason) {
            case NOT_LEADER -> Errors.NOT_CONTROLLER;
            case REQUEST_TIMED_OUT, CHANGE_PENDING, EPOCH_NOT_COMMITTED, NOT_CAUGHT_UP ->
                    Errors.REQUEST_TIMED_OUT;
            case VOTER_NOT_FOUND -> Errors.VOTER_NOT_FOUND;
            case DUPLICATE_VOTER -> Errors.DUPLICATE_VOTER;
            case LAST_VOTER, MAJORITY_SILENT -> Errors.INVALID_REQUEST;
        };
    }

    private String message(Outcome.Reason reason, VoterChange change) {
        Object known = raft.status().voterSet();
        String about = Objects.toString(subject(change));
        return switch (reason) {
            case NOT_LEADER -> "This broker is not the active controller.";
            case REQUEST_TIMED_OUT ->
                    "The change is made but not known to be committed yet; see the quorum.";
            case CHANGE_PENDING -> "Another change of voters is not committed yet.";
            case EPOCH_NOT_COMMITTED -> "The controller has just been elected.";
            case NOT_CAUGHT_UP ->
                    ("Replica %s did not catch up with the metadata log in time; describe"
                         + " --replication shows the directory ids of those that follow it.")
                            .formatted(about);
            case VOTER_NOT_FOUND -> "Replica %s is none of the voters %s.".formatted(about, known);
            case DUPLICATE_VOTER ->
                    "Node %d is one of the voters %s already."
                            .formatted(subject(change).nodeId(), known);
            case LAST_VOTER -> "Replica %s is the only voter.".formatted(about);
            case MAJORITY_SILENT ->
                    ("Without replica %s no majority would be left of those that were heard"
                                    + " lately: nothing could be decided any more. Start the"
                                    + " others first, or remove those whose disks are lost.")
                            .formatted(about);
        };
    }

    private static ReplicaKey subject(VoterChange change) {
        return switch (change) {
            case VoterChange.Add(VoterSet.Voter voter) -> voter.key();
            case VoterChange.Remove(ReplicaKey voter) -> voter;
            case VoterChange.Update(VoterSet.Voter voter) -> voter.key();
        };
    }
}
