package io.tombolo.broker.quorum;

import io.tombolo.broker.Commands;
import io.tombolo.broker.receipt.ConfigChange;
import io.tombolo.broker.receipt.Receipts;
import io.tombolo.broker.shard.Shards;
import io.tombolo.controller.ActiveController;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand;
import io.tombolo.controller.command.Refusal;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Entropy;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.raft.core.LeaderAndEpoch;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The way of commands to the active controller of the region: decided here when it is on this
 * broker, otherwise sent to the broker that leads the quorum. What has surely not been done is
 * asked again until somebody does it or patience ends; what may have been done is asked again only
 * if that does no harm, otherwise refused with NOT_CONTROLLER. Of changes of configs the metadata
 * log tells whether they were done ({@link ConfigChange}).
 */
public final class ControllerRoute implements Commands {

    private final Place place;
    private final ActiveController controller;
    private final Supplier<LeaderAndEpoch> leader;
    private final Peers peers;
    private final Published published;
    private final Receipts receipts;
    private boolean closed;

    /** Where it runs, and as which broker of which cluster. */
    public record Place(int self, String clusterId, EventLoop loop, Clock clock, Entropy entropy) {}

    /**
     * @param leader the leader of the quorum as this broker knows it; asked on the loop
     */
    public ControllerRoute(
            Place place,
            ActiveController controller,
            Supplier<LeaderAndEpoch> leader,
            Peers peers,
            Published published) {
        this.place = place;
        this.controller = controller;
        this.leader = leader;
        this.peers = peers;
        this.published = published;
        this.receipts = new Receipts(place.loop());
    }

    @Override
    public <A> void submit(Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
        Consumer<Answer<A>> reply = answer -> Shards.run(replyTo, () -> answered.accept(answer));
        Shards.run(place.loop(), () -> begin(command, reply));
    }

    private <A> void begin(Command<A> command, Consumer<Answer<A>> reply) {
        var rule = RetryRule.of(command, place.clock().nanoTime());
        if (command instanceof ConfigCommand.Alter change && !change.validateOnly()) {
            @SuppressWarnings("unchecked") // what every change of configs is answered with
            var answered =
                    (Consumer<Answer<Map<ConfigResource, Answer<Applied>>>>) (Consumer<?>) reply;
            var ticket = place.entropy().nextUuid();
            var ask =
                    new ConfigChange.Ask(
                            new Uuid(
                                    ticket.getMostSignificantBits(),
                                    ticket.getLeastSignificantBits()),
                            change,
                            rule.deadlineNanos(),
                            answered);
            new ConfigChange(this::ask, receipts, place.clock(), ask).begin();
        } else {
            attempt(new Errand<>(command, rule, reply, Optional.empty()));
        }
    }

    private <A> void ask(
            Command<A> command,
            long deadlineNanos,
            Consumer<Answer<A>> answered,
            ConfigChange.Doubt doubt) {
        var rule = new RetryRule(deadlineNanos, false);
        attempt(new Errand<>(command, rule, answered, Optional.of(doubt)));
    }

    /** What reads in the log what became of changes whose answers were lost. */
    public Receipts receipts() {
        return receipts;
    }

    /** Nothing is asked again; what is asked from now on is refused. */
    public void close() {
        closed = true;
        receipts.close();
    }

    Place place() {
        return place;
    }

    /** Whether commands are decided on this broker. */
    boolean local() {
        return controller.active();
    }

    /** The broker to send what is for the controller to; empty when none is known. */
    OptionalInt elsewhere() {
        LeaderAndEpoch known = leader.get();
        return known.hasLeader() && known.leaderId() != place.self()
                ? OptionalInt.of(known.leaderId())
                : OptionalInt.empty();
    }

    Peers peers() {
        return peers;
    }

    Published published() {
        return published;
    }

    boolean closed() {
        return closed;
    }

    private <A> void attempt(Errand<A> errand) {
        if (local()) {
            int epoch = controller.epoch();
            controller.submit(errand.command(), answer -> decidedHere(errand, epoch, answer));
            return;
        }
        OptionalInt target = elsewhere();
        int epoch = leader.get().epoch();
        Optional<RemoteCommand<A>> form =
                RemoteCommand.of(errand.command(), place.clusterId(), epoch);
        if (form.isEmpty()) {
            errand.refuse("This broker is not the active controller.");
        } else if (target.isEmpty()) {
            missed(errand, epoch, RetryRule.Fate.NOT_TAKEN, "no active controller is known");
        } else {
            RemoteCommand<A> remote = form.get();
            peers.call(
                    target.getAsInt(),
                    remote.purpose(),
                    remote.call(),
                    result -> called(errand, epoch, remote, result));
        }
    }

    private <A> void decidedHere(Errand<A> errand, int epoch, Answer<A> answer) {
        if (answer instanceof Answer.Refused<A> refused
                && refused.error() == Errors.NOT_CONTROLLER) {
            missed(errand, epoch, RetryRule.Fate.UNKNOWN, refused.message());
        } else {
            errand.answered().accept(answer);
        }
    }

    private <A> void called(
            Errand<A> errand, int epoch, RemoteCommand<A> remote, PeerCall.Result result) {
        switch (result) {
            case PeerCall.Result.Failed(boolean sent, String reason) ->
                    missed(
                            errand,
                            epoch,
                            sent ? RetryRule.Fate.UNKNOWN : RetryRule.Fate.NOT_TAKEN,
                            reason);
            case PeerCall.Result.Answered(var body) -> {
                switch (remote.read().apply(body)) {
                    case RemoteCommand.Outcome.Told<A>(Answer<A> answer, long offset) ->
                            published.await(offset, () -> errand.answered().accept(answer));
                    case RemoteCommand.Outcome.Missed<A>(var fate, String reason) ->
                            missed(errand, epoch, fate, reason);
                }
            }
        }
    }

    private <A> void missed(Errand<A> errand, int epoch, RetryRule.Fate fate, String reason) {
        if (!closed && fate == RetryRule.Fate.UNKNOWN && errand.doubt().isPresent()) {
            errand.doubt().get().arises(epoch, reason);
        } else if (!closed && errand.rule().again(fate, place.clock().nanoTime())) {
            place.loop().schedule(RetryRule.PAUSE_NANOS, () -> attempt(errand));
        } else {
            errand.refuse("The active controller did not answer: " + reason + ".");
        }
    }

    /**
     * A command on its way.
     *
     * @param doubt hears when it may have been done, if somebody can find out
     */
    private record Errand<A>(
            Command<A> command,
            RetryRule rule,
            Consumer<Answer<A>> answered,
            Optional<ConfigChange.Doubt> doubt) {

        void refuse(String message) {
            answered.accept(new Refusal(Errors.NOT_CONTROLLER, message).answer());
        }
    }
}
