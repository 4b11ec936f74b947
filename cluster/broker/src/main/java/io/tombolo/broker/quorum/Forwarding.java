package io.tombolo.broker.quorum;

import io.tombolo.broker.Commands;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.Refusal;
import io.tombolo.environment.EventLoop;

import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Hands clients' requests that only the active controller can answer on to it, whole, in an
 * Envelope (KIP-590); its answer goes to the client as it is, once this broker has published what
 * it rests on. A request that nobody took, or that must not be sent twice, is answered with
 * NOT_CONTROLLER, on which clients ask again.
 */
public final class Forwarding {

    private final Commands commands;
    private final Optional<ControllerRoute> way;

    /**
     * @param commands for handlers that answer here
     * @param way to a controller elsewhere; empty when this broker is alone
     */
    public Forwarding(Commands commands, Optional<ControllerRoute> way) {
        this.commands = commands;
        this.way = way;
    }

    /**
     * A handler that answers here while the controller is here, and hands on otherwise.
     *
     * @param maker makes the handler that answers, for a way to the controller
     */
    public <T extends ApiMessage> RequestHandler<T> of(
            ApiKeys api, Function<Commands, RequestHandler<T>> maker) {
        RequestHandler<T> here = maker.apply(commands);
        RequestHandler<T> nowhere = maker.apply(new Nobody());
        return way.<RequestHandler<T>>map(route -> new Forwarder<>(route, api, here, nowhere))
                .orElse(here);
    }

    /** Hands on the requests of one API. */
    private record Forwarder<T extends ApiMessage>(
            ControllerRoute route, ApiKeys api, RequestHandler<T> here, RequestHandler<T> nowhere)
            implements RequestHandler<T> {

        @Override
        public void handle(Exchange exchange, T body) {
            var rule = RetryRule.of(api, route.place().clock().nanoTime());
            Shards.run(route.place().loop(), () -> attempt(new Journey<>(exchange, body, rule)));
        }

        private void attempt(Journey<T> journey) {
            if (route.local()) {
                journey.answerBy(here);
                return;
            }
            OptionalInt target = route.elsewhere();
            if (target.isEmpty()) {
                missed(journey, RetryRule.Fate.NOT_TAKEN);
                return;
            }
            route.peers()
                    .call(
                            target.getAsInt(),
                            Peers.Purpose.of(api),
                            RemoteCommand.envelope(api, journey.copy()),
                            result -> called(journey, result));
        }

        private void called(Journey<T> journey, PeerCall.Result result) {
            switch (result) {
                case PeerCall.Result.Failed(boolean sent, String _) ->
                        missed(journey, sent ? RetryRule.Fate.UNKNOWN : RetryRule.Fate.NOT_TAKEN);
                case PeerCall.Result.Answered(EnvelopeResponseData response)
                        when response.errorCode() == Errors.NONE.code() ->
                        opened(journey, response);
                case PeerCall.Result.Answered(EnvelopeResponseData response) ->
                        missed(journey, RemoteCommand.fateBy(Errors.forCode(response.errorCode())));
                case PeerCall.Result.Answered _ -> missed(journey, RetryRule.Fate.UNKNOWN);
            }
        }

        private void opened(Journey<T> journey, EnvelopeResponseData response) {
            try {
                EnvelopeBody body = EnvelopeBody.open(response.responseData());
                var frame = body.frame();
                route.published()
                        .await(body.metadataOffset(), () -> journey.exchange().answerFrame(frame));
            } catch (IllegalArgumentException senseless) {
                missed(journey, RetryRule.Fate.UNKNOWN);
            }
        }

        private void missed(Journey<T> journey, RetryRule.Fate fate) {
            var place = route.place();
            if (!route.closed() && journey.rule().again(fate, place.clock().nanoTime())) {
                place.loop().schedule(RetryRule.PAUSE_NANOS, () -> attempt(journey));
            } else {
                journey.answerBy(nowhere);
            }
        }
    }

    /** A client's request on its way. */
    private record Journey<T extends ApiMessage>(Exchange exchange, T body, RetryRule rule) {

        void answerBy(RequestHandler<T> handler) {
            Shards.run(exchange.loop(), () -> handler.handle(exchange, body));
        }

        /** The exchange may end while a connection still holds what it was to send. */
        ByteBuffer copy() {
            ByteBuffer frame = exchange.frame();
            return ByteBuffer.allocate(frame.remaining()).put(frame).flip();
        }
    }

    /** Stands in for a controller that cannot be reached. */
    private static final class Nobody implements Commands {

        @Override
        public <A> void submit(
                Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
            Answer<A> refusal =
                    new Refusal(
                                    Errors.NOT_CONTROLLER,
                                    "The active controller did not answer; what was asked for may"
                                            + " have been done.")
                            .answer();
            Shards.run(replyTo, () -> answered.accept(refusal));
        }
    }
}
