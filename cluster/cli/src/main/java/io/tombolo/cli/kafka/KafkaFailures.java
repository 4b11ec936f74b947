package io.tombolo.cli.kafka;

import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;

import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** What Kafka's client throws, as failures for people. */
public final class KafkaFailures {

    private KafkaFailures() {}

    /**
     * @param about what was asked for
     */
    public static CommandFailure of(@Nullable Throwable cause, Subject about) {
        String thing = about.toString();
        return switch (cause) {
            case null -> of(new IllegalStateException("no cause"), about);
            case CommandFailure told -> told;
            case UnknownTopicOrPartitionException missing ->
                    CommandFailure.of(Code.NO_SUCH_TOPIC, "there is no " + thing)
                            .at(thing)
                            .fix("tombolo topic list", "tombolo topic create " + about.name())
                            .because(missing)
                            .failure();
            case TopicExistsException exists ->
                    CommandFailure.of(Code.TOPIC_EXISTS, thing + " exists already")
                            .at(thing)
                            .fix(about.command("describe"))
                            .because(exists)
                            .failure();
            case GroupIdNotFoundException missing ->
                    CommandFailure.of(Code.NO_SUCH_GROUP, "there is no " + thing)
                            .at(thing)
                            .fix("tombolo group list")
                            .because(missing)
                            .failure();
            case TransactionalIdNotFoundException missing ->
                    CommandFailure.of(Code.NO_SUCH_TRANSACTION, "there is no " + thing)
                            .at(thing)
                            .fix("tombolo txn list")
                            .because(missing)
                            .failure();
            case PolicyViolationException policy when isAboutWriting(policy) ->
                    readOnly(policy, thing);
            case TopicAuthorizationException readOnly -> readOnly(readOnly, thing);
            case TimeoutException late ->
                    CommandFailure.of(Code.TIMED_OUT, "no answer in time about " + thing)
                            .at(thing)
                            .seen(message(late))
                            .why("the broker may still do what was asked")
                            .fix("tombolo status", "wait longer: --timeout 2m")
                            .because(late)
                            .failure();
            default ->
                    CommandFailure.of(
                                    Code.KAFKA_REFUSED,
                                    "the broker refused the request for " + thing)
                            .at(thing)
                            .seen(cause.getClass().getSimpleName() + ": " + message(cause))
                            .fix("correct what it complains about; -v shows more")
                            .because(cause)
                            .failure();
        };
    }

    /** The brokers have one code for what belongs to a link or a region and for their bounds. */
    private static boolean isAboutWriting(PolicyViolationException policy) {
        String message = message(policy);
        return message.contains("mirror") || message.contains(" belongs to region ");
    }

    private static CommandFailure readOnly(Throwable refusal, String thing) {
        return CommandFailure.of(Code.READ_ONLY, thing + " does not take writes here")
                .at(thing)
                .seen(message(refusal))
                .why("a second writable copy would diverge from the first")
                .fix(
                        "tombolo status        shows which region owns it",
                        "name that region with --region")
                .because(refusal)
                .failure();
    }

    private static String message(Throwable problem) {
        return String.valueOf(problem.getMessage());
    }
}
