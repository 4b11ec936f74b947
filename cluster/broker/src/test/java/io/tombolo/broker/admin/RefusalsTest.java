package io.tombolo.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Refusal;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;

/** What a script sees of a refused order. */
class RefusalsTest {

    @ParameterizedTest
    @CsvSource({
        "RESOURCE_NOT_FOUND, 404",
        "BROKER_ID_NOT_REGISTERED, 404",
        "NOT_CONTROLLER, 503",
        "THROTTLING_QUOTA_EXCEEDED, 503",
        "INVALID_REQUEST, 409",
        "POLICY_VIOLATION, 409",
        "UNKNOWN_SERVER_ERROR, 409"
    })
    void whatIsNotThereIsNotFoundAndWhatMayHaveBeenDoneMayBeAskedAgain(Errors error, int status) {
        var answer = Refusals.answer(new Refusal(error, "No \"such\" link."));

        assertThat(answer.status()).isEqualTo(status);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo("{\"error\":\"No \\\"such\\\" link.\"}\n");
    }
}
