package io.tombolo.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;

import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaFailuresTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "At most 200000 partitions can be added at once, not 100000000.",
                "One request may add at most 200000 partitions.",
                "The change is too large to be made in one piece."
            })
    void aBoundThatIsExceededIsToldAsItIsAndIsNoMatterOfRegions(String message) {
        CommandFailure failure = failure(message);

        assertThat(failure.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(failure.violations().getFirst().code()).isEqualTo("TMB-2205");
        assertThat(failure.violations().getFirst().seen()).contains(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Topic big is a mirror; its partitions follow its source.",
                "Config retention.ms of mirror topic big follows its source through link eu-to-us.",
                "topic big is a read-only mirror of link eu-to-us",
                "topic big belongs to region us since ownership epoch 2 of eu-to-us"
            })
    void whatAnotherRegionOwnsIsRefusedForSafety(String message) {
        CommandFailure failure = failure(message);

        assertThat(failure.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(failure.violations().getFirst().code()).isEqualTo("TMB-2204");
    }

    @Test
    void aTransactionalIdThatNobodyKnowsIsANameOfNothing() {
        CommandFailure failure =
                KafkaFailures.of(
                        new TransactionalIdNotFoundException("unknown"),
                        new Subject("transaction", "billing-1", "eu"));

        assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(failure.violations().getFirst().code()).isEqualTo("TMB-2207");
    }

    private static CommandFailure failure(String message) {
        return KafkaFailures.of(
                new PolicyViolationException(message), new Subject("topic", "big", "eu"));
    }
}
