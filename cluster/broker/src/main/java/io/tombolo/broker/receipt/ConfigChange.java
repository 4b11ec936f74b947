package io.tombolo.broker.receipt;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand.Alter;
import io.tombolo.controller.command.ConfigCommand.Receipted;
import io.tombolo.controller.command.Refusal;
import io.tombolo.environment.Clock;
import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A change of configs on its way to the controller. Each resource is changed once or not at all and
 * whoever asked is told which: also when an answer is lost, since then the receipts in the log
 * tell, and only what was surely not done is asked for again. Mutable, owned by the controller's
 * loop.
 */
public final class ConfigChange {

    private final Way way;
    private final Receipts receipts;
    private final Clock clock;
    private final Ask ask;
    private final Map<ConfigResource, Answer<Applied>> answers = new LinkedHashMap<>();
    private Alter rest;

    /** The way to the controller. */
    public interface Way {

        /**
         * Asks until somebody takes the command or patience ends.
         *
         * @param answered what became of it
         * @param doubt called instead when it may have been done
         */
        <A> void ask(
                Command<A> command, long deadlineNanos, Consumer<Answer<A>> answered, Doubt doubt);
    }

    /** Hears that an answer was lost. */
    public interface Doubt {

        /**
         * @param sentEpoch of the controller that was asked
         */
        void arises(int sentEpoch, String reason);
    }

    /**
     * What is asked, until when, and by whom.
     *
     * @param ticket never used before
     */
    public record Ask(
            Uuid ticket,
            Alter change,
            long deadlineNanos,
            Consumer<Answer<Map<ConfigResource, Answer<Applied>>>> answered) {}

    public ConfigChange(Way way, Receipts receipts, Clock clock, Ask ask) {
        this.way = way;
        this.receipts = receipts;
        this.clock = clock;
        this.ask = ask;
        this.rest = ask.change();
    }

    /** Sends it on its way; once. */
    public void begin() {
        receipts.expect(ask.ticket());
        go();
    }

    private void go() {
        way.ask(
                new Receipted(ask.ticket(), rest),
                ask.deadlineNanos(),
                this::answered,
                (epoch, reason) ->
                        receipts.await(
                                ask.ticket(),
                                rest.named(),
                                epoch,
                                leftNanos(),
                                found -> learnt(found, reason)));
    }

    private long leftNanos() {
        return ask.deadlineNanos() - clock.nanoTime();
    }

    private void answered(Answer<Map<ConfigResource, Answer<Applied>>> answer) {
        switch (answer) {
            case Answer.Done<Map<ConfigResource, Answer<Applied>>>(var each) ->
                    answers.putAll(each);
            case Answer.Refused<Map<ConfigResource, Answer<Applied>>>(var refusal) ->
                    refuseRest(refusal);
        }
        end();
    }

    private void learnt(Receipts.Found found, String reason) {
        found.done().forEach(resource -> answers.put(resource, new Answer.Done<>(new Applied())));
        rest = rest.without(found.done());
        if (rest.named().isEmpty()) {
            end();
        } else if (found.complete() && leftNanos() > 0) {
            go();
        } else {
            refuseRest(
                    new Refusal(
                            Errors.NOT_CONTROLLER,
                            "The active controller did not answer: %s; what was asked for may have been done."
                                    .formatted(reason)));
            end();
        }
    }

    private void refuseRest(Refusal refusal) {
        rest.named().forEach(resource -> answers.put(resource, refusal.answer()));
    }

    private void end() {
        receipts.forget(ask.ticket());
        ask.answered().accept(new Answer.Done<>(answers));
    }
}
