package io.tombolo.broker.quorum;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.shard.Shards;
import io.tombolo.broker.voter.VoterChangeCodec;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Invariant;
import io.tombolo.raft.RaftNode;
import io.tombolo.raft.RaftTransport;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.RaftMessage.Answer;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.FetchRequest;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotRequest;
import io.tombolo.raft.core.RaftMessage.PresenceRequest;
import io.tombolo.raft.core.RaftMessage.Request;
import io.tombolo.raft.core.RaftSettings;
import io.tombolo.raft.core.VoterChange;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Carries the quorum's messages between the brokers of a region as Kafka's requests. Mutable; owned
 * by the controller's loop, except for {@link #take}.
 */
public final class QuorumTransport implements RaftTransport {

    /** Requests of others that may wait here for their answers; the oldest make room. */
    static final int TAKEN_MAX = 2_000;

    private final int self;
    private final String clusterId;
    private final EventLoop loop;
    private final Peers peers;
    private final RaftRequests requests;
    private final long requestNanos;
    private final Map<Long, Taken> taken = new LinkedHashMap<>();
    private long lastTaken;
    private @Nullable RaftNode node;

    /** A request of another replica that is not answered yet. */
    private record Taken(int from, Exchange exchange) {}

    public QuorumTransport(
            int self, String clusterId, EventLoop loop, Peers peers, RaftSettings.Timing timing) {
        this.self = self;
        this.clusterId = clusterId;
        this.loop = loop;
        this.peers = peers;
        this.requests = new RaftRequests(clusterId);
        this.requestNanos = timing.request().plus(timing.fetchWait()).toNanos();
    }

    /** Gives it the replica that it serves; once, before that is started. */
    public void attach(RaftNode replica) {
        Invariant.check(node == null, "the transport serves a replica already");
        node = replica;
    }

    @Override
    public void send(Envelope envelope) {
        switch (envelope.body()) {
            case Request request -> ask(envelope, request);
            case Answer answer -> answer(envelope, answer);
        }
    }

    private void ask(Envelope envelope, Request request) {
        RaftRequests.Outgoing outgoing = requests.encode(request);
        boolean fetches =
                request instanceof FetchRequest || request instanceof FetchSnapshotRequest;
        peers.call(
                envelope.to(),
                fetches ? Peers.Purpose.FETCH : Peers.Purpose.ELECTION,
                new PeerCall(outgoing.api(), outgoing.versions(), outgoing.body(), requestNanos),
                result -> asked(envelope, result));
    }

    private void asked(Envelope question, PeerCall.Result result) {
        Optional<Answer> answer =
                result instanceof PeerCall.Result.Answered(ApiMessage body)
                        ? RaftAnswers.decode(body)
                        : Optional.empty();
        if (answer.isPresent()) {
            replica().receive(new Envelope(question.to(), self, question.exchange(), answer.get()));
        } else {
            replica().requestFailed(question.exchange());
        }
    }

    private void answer(Envelope envelope, Answer answer) {
        Taken asked = taken.remove(envelope.exchange());
        if (asked != null) {
            Invariant.check(
                    asked.from() == envelope.to(),
                    "an answer for %d to a question of %d",
                    envelope.to(),
                    asked.from());
            asked.exchange().answer(RaftAnswers.encode(answer));
        }
    }

    @Override
    public void askVoterChange(LeaderAndEpoch leader, VoterChange change) {
        var outgoing = VoterChangeCodec.encode(clusterId, leader.epoch(), change);
        peers.call(
                leader.leaderId(),
                Peers.Purpose.ELECTION,
                new PeerCall(outgoing.api(), outgoing.versions(), outgoing.body(), requestNanos),
                _ -> {});
    }

    /** Takes a request of another replica; on the loop of its connection. */
    void take(Exchange exchange, ApiMessage body) {
        ApiKeys api = exchange.request().api();
        Optional<RaftRequests.Incoming> decoded = RaftRequests.decode(body);
        if (decoded.isEmpty()) {
            exchange.answer(RaftAnswers.refusal(api, Errors.INVALID_REQUEST));
            return;
        }
        RaftRequests.Incoming incoming = decoded.get();
        // The request for presence has no place for it; its connection began with it (KIP-1242).
        if (!incoming.clusterId().equals(Optional.of(clusterId))
                && !(incoming.request() instanceof PresenceRequest)) {
            exchange.answer(RaftAnswers.refusal(api, Errors.INCONSISTENT_CLUSTER_ID));
            return;
        }
        Shards.run(loop, () -> receive(exchange, incoming));
    }

    private void receive(Exchange exchange, RaftRequests.Incoming incoming) {
        if (taken.size() >= TAKEN_MAX) {
            var oldest = taken.entrySet().iterator();
            oldest.next().getValue().exchange().close("too many requests of replicas wait");
            oldest.remove();
        }
        long number = ++lastTaken;
        taken.put(number, new Taken(incoming.from(), exchange));
        replica().receive(new Envelope(incoming.from(), self, number, incoming.request()));
    }

    /** Whether a Fetch of the internal listener is the quorum's. */
    static boolean takes(FetchRequestData body) {
        return RaftRequests.forMetadata(body);
    }

    private RaftNode replica() {
        if (node == null) {
            throw new Invariant.Broken("the transport serves no replica");
        }
        return node;
    }
}
