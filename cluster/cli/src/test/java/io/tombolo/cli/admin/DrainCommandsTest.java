package io.tombolo.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.CommandRun;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

/** Emptying a broker against an admin endpoint with canned answers. */
class DrainCommandsTest {

    private static final String EMPTY =
            """
            {"broker":1,"goal":"empty","reason":"disk","state":"empty","fenced":false,
             "replicasLeft":0,"replicasMoving":0,"leadersLeft":0,"bytesLeft":0,
             "bytesPerSecond":null,"secondsLeft":null,"stuck":[]}
            """;
    private static final String MOVING =
            """
            {"broker":1,"goal":"empty","reason":"","state":"moving","fenced":false,
             "replicasLeft":120,"replicasMoving":50,"leadersLeft":3,"bytesLeft":123456789,
             "bytesPerSecond":1000000,"secondsLeft":124,"stuck":[]}
            """;
    private static final String STUCK =
            """
            {"broker":1,"goal":"empty","reason":"","state":"stuck","fenced":false,
             "replicasLeft":1,"replicasMoving":0,"leadersLeft":0,"bytesLeft":null,
             "bytesPerSecond":null,"secondsLeft":null,
             "stuck":[{"partition":"orders-3","why":"no broker is without a replica of it"}]}
            """;

    @TempDir private Path folder;
    private AdminStub us;

    @BeforeEach
    void listen() throws IOException {
        us = AdminStub.in(folder);
    }

    @AfterEach
    void stop() {
        us.close();
    }

    @Test
    void aDrainKeepsItsReasonAndEndsWhenTheBrokerIsEmpty() {
        us.answer("POST /api/v1/drains/1?goal=empty&reason=new+disk", 200, EMPTY);

        CommandRun run = CommandRun.of(folder, "broker", "drain", "us-1", "--reason", "new disk");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("us-1  empty");
    }

    @Test
    void aDrainThatIsNotWaitedForTellsHowFarItIs() {
        us.answer("POST /api/v1/drains/1?goal=empty&reason=", 200, MOVING);

        CommandRun run = CommandRun.of(folder, "broker", "drain", "1", "--detach");

        assertThat(run.out())
                .isEqualTo(
                        "us-1  drains   120 replicas left, 50 on their way, 123.5 MB at 1.0 MB/s,"
                                + " about 2 min 4 s to go\n");
    }

    @Test
    void aBrokerThatIsStuckIsToldOfWithTheReason() {
        us.answer("POST /api/v1/drains/1?goal=empty&reason=", 200, STUCK)
                .answer("GET /api/v1/drains/1", 200, STUCK);

        CommandRun run = CommandRun.of(folder, "broker", "drain", "us-1", "--timeout", "500ms");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("error[TMB-2308]: broker us-1 cannot be emptied")
                .contains("orders-3: no broker is without a replica of it")
                .contains("tombolo broker undrain us-1");
    }

    @Test
    void aDecommissionIsConfirmedAndWaitsForTheStop() {
        us.answer("POST /api/v1/drains/1?goal=leave&reason=", 200, EMPTY);

        CommandRun unconfirmed = CommandRun.of(folder, "broker", "decommission", "us-1");
        CommandRun confirmed = CommandRun.of(folder, "broker", "decommission", "us-1", "-y");

        assertThat(unconfirmed.exitCode()).isEqualTo(4);
        assertThat(confirmed.out()).contains("tombolo down --region us --id 1");
        assertThat(us.asked()).hasSize(1);
    }

    @Test
    void aRefusalIsShownAndAnUnknownBrokerIsAUsageError() {
        us.answer("POST /api/v1/drains/1?goal=none&reason=", 409, "{\"error\":\"not now\"}");

        CommandRun refused = CommandRun.of(folder, "broker", "undrain", "us-1");
        CommandRun unknown = CommandRun.of(folder, "broker", "drain", "us-9");

        assertThat(refused.exitCode()).isEqualTo(4);
        assertThat(refused.err()).contains("error[TMB-4102]").contains("not now");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("there are us-1");
    }
}
