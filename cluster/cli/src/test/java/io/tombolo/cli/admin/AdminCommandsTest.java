package io.tombolo.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.CommandRun;
import io.tombolo.cli.output.TreeText;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Status, links and failovers against an admin endpoint with canned answers. */
class AdminCommandsTest {

    private static final String LINK =
            """
            {"name":"eu-to-us","from":"eu","to":"us","state":"ACTIVE",
             "lag":{"records":1204,"bytes":120400,"ms":800},"trouble":null,
             "sourceSilentMs":300,"sourceGoneAfterMs":4000,
             "topics":[{"topic":"orders","state":"ACTIVE","trouble":null,"partitions":[
               {"partition":0,"state":"ACTIVE","lag":{"records":1204,"bytes":120400,"ms":800},
                "endOffset":41,"highWatermark":41,"highestEpoch":3,"sourceHighWatermark":1245,
                "sourceLogStartOffset":0,"trouble":null}]}],
             "groups":[{"group":"billing","synced":1,"clamped":0,"ageMs":430,"skipped":[]}]}
            """;
    private static final String READY =
            """
            {"policy":"shop","link":"eu-to-us","from":"eu","to":"us","ready":true,"reasons":[],
             "lossBound":{"recordsMax":1028,"records":3,"bytes":300,"unheardRecords":1025,
              "unheardMs":4100,"recordsPerSecond":250,"failedPartitions":0},
             "sourceReachable":false,"sourceSilentMs":4200,"sourceGoneAfterMs":1500,
             "ownershipEpoch":1,"finished":null}
            """;
    private static final String NOT_READY =
            """
            {"policy":"shop","link":"eu-to-us","from":"eu","to":"us","ready":false,
             "reasons":[{"code":"TMB-4012","claim":"eu still answers","seen":"0.2 s ago",
                         "fix":"stop the brokers of eu"}],
             "lossBound":{"recordsMax":52,"records":2,"bytes":200,"unheardRecords":50,
              "unheardMs":170,"recordsPerSecond":295,"failedPartitions":2},
             "sourceReachable":true,"sourceSilentMs":0,"sourceGoneAfterMs":4000,
             "ownershipEpoch":1,"finished":null}
            """;
    private static final String DONE =
            """
            {"policy":"shop","ownershipEpoch":2,"steps":[
               {"step":"claim ownership","ok":true,"detail":"epoch 2","ms":12},
               {"step":"make writable","ok":true,"detail":"","ms":30}],
             "topics":[],"clamped":[],"totalMs":42}
            """;

    private static final String FINISHED =
            """
            {"policy":"shop","link":"eu-to-us","from":"eu","to":"us","ready":false,
             "reasons":[{"code":"TMB-4010","claim":"us already owns the topics","seen":"epoch 2",
                         "fix":"nothing to do"}],
             "sourceReachable":false,"sourceSilentMs":4200,"ownershipEpoch":2,
             "finished":{"policy":"shop","ownershipEpoch":2,"steps":[
               {"step":"claim ownership","ok":true,"detail":"epoch 2","ms":12},
               {"step":"make writable","ok":true,"detail":"","ms":30}],
             "topics":[],"clamped":[{"group":"g"}],"totalMs":42,"origin":"RESUMED",
             "endedAtMs":5000,"cause":"an operator; 3 records were known to be missing"}}
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
    void statusShowsRegionsLinksAndPolicies() {
        us.answer("GET /api/v1/status", 200, status());

        CommandRun run = CommandRun.of(folder, "status");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .isEqualTo(
                        """
                        REGION  STATE    BROKERS  CONTROLLER  KAFKA           PARTITIONS  UNDER-REPL  UNDER-MIN  OFFLINE  OWNS
                        us      serving      1/1  us-1        127.0.0.1:9092          12           0          0        0  eu-to-us epoch 1 (owner: eu)

                        LINK      FROM → TO  STATE   TOPICS  LAG records  LAG bytes  LAG time  GROUPS  TROUBLE
                        eu-to-us  eu → us    active     1/1        1 204   120.4 kB    800 ms       1  –

                        FAILOVER  READY  IF YOU FAIL OVER NOW
                        shop      yes    3 records (300 B) known + up to about 1 025 produced since (4.1 s silence at up to 250/s)
                        """);
    }

    @Test
    void statusIsDataInJsonAndYaml() {
        us.answer("GET /api/v1/status", 200, status());

        CommandRun json = CommandRun.of(folder, "status", "-o", "json");
        CommandRun yaml = CommandRun.of(folder, "-o", "yaml", "status");

        var region = TreeText.parse(json.out()).orElseThrow().at("regions").items().getFirst();
        assertThat(region.at("links").items().getFirst().at("lag", "records").number(0))
                .isEqualTo(1204);
        assertThat(yaml.out()).startsWith("---\nregions:\n- region: us\n");
    }

    @Test
    void aRegionThatDoesNotAnswerIsShownAndFailsTheCommandWhenItIsTheOnlyOne() {
        us.close();

        CommandRun run = CommandRun.of(folder, "status");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("us      unreachable").contains("Connection refused");
    }

    @Test
    void aRegionThatTakesTheRequestAndStaysSilentTimesOut() throws IOException {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String file = Files.readString(folder.resolve("tombolo.yaml"));
            Files.writeString(
                    folder.resolve("tombolo.yaml"),
                    file.replaceAll("127.0.0.1:\\d{2,}", "127.0.0.1:" + silent.getLocalPort()));

            CommandRun run =
                    CommandRun.of(folder, "link", "describe", "eu-to-us", "--timeout", "100ms");

            assertThat(run.exitCode()).isEqualTo(5);
            assertThat(run.err()).startsWith("error[TMB-2102]: region us took the request");
        }
    }

    @Test
    void aLinkIsDescribedPartitionByPartition() {
        us.answer("GET /api/v1/links/eu-to-us", 200, LINK);

        CommandRun run = CommandRun.of(folder, "link", "describe", "eu-to-us");

        assertThat(run.out())
                .contains("orders          0  active        41       1245  1 204    800 ms      3")
                .contains("billing       1        0  430 ms")
                .contains("eu was heard of 300 ms ago; it counts as gone after 4.0 s of silence");
    }

    @Test
    void aTopicInTroubleIsNamedWhereLinksAreListed() {
        String trouble =
                "\"trouble\":{\"code\":\"SOURCE_DELETED\",\"detail\":\"gone\",\"count\":1}";
        us.answer(
                "GET /api/v1/status",
                200,
                status().replace(
                                "\"state\":\"ACTIVE\",\"trouble\":null,\"partitions\"",
                                "\"state\":\"FAILED\"," + trouble + ",\"partitions\""));

        CommandRun run = CommandRun.of(folder, "link", "list");

        assertThat(run.out()).contains("0/1").contains("topic orders: SOURCE_DELETED: gone");
    }

    @Test
    void aLagThatIsNotKnownIsADashAndNoZero() {
        String link = LINK.replace("\"bytes\":120400,\"ms\":800", "\"bytes\":-1,\"ms\":-1");
        us.answer("GET /api/v1/links/eu-to-us", 200, link);

        CommandRun run = CommandRun.of(folder, "link", "describe", "eu-to-us");

        assertThat(run.out().lines().skip(1).findFirst().orElseThrow())
                .matches("eu-to-us +eu → us +active +1/1 +1 204 +– +– +1 +–");
    }

    @Test
    void aTopicThatIsGoneAtTheSourceComesWithTheCommandThatEndsIt() {
        String trouble = "\"trouble\":{\"code\":\"SOURCE_DELETED\",\"detail\":\"gone\"}";
        String link =
                LINK.replace(
                        "\"state\":\"ACTIVE\",\"trouble\":null,\"partitions\"",
                        "\"state\":\"FAILED\"," + trouble + ",\"partitions\"");
        us.answer("GET /api/v1/links/eu-to-us", 200, link);

        CommandRun run = CommandRun.of(folder, "link", "describe", "eu-to-us");

        assertThat(run.out())
                .contains("topic orders is gone in eu")
                .contains("tombolo topic delete orders --region us");
    }

    @Test
    void aStoppedLinkHasNeitherLagNorTrouble() {
        String trouble = "\"trouble\":{\"code\":\"BREAKER_OPEN\",\"detail\":\"x\",\"count\":9}";
        String link = LINK.replace("ACTIVE", "STOPPED").replace("\"trouble\":null", trouble);
        us.answer("GET /api/v1/links/eu-to-us", 200, link);

        CommandRun run = CommandRun.of(folder, "link", "describe", "eu-to-us");

        assertThat(run.out().lines().skip(1).findFirst().orElseThrow())
                .isEqualTo(
                        "eu-to-us  eu → us    stopped     0/1        1 204   120.4 kB  –"
                                + "              1  –");
    }

    @Test
    void noLinksAreShownWhenNobodyTellsOfThem() {
        us.close();

        CommandRun run = CommandRun.of(folder, "link", "list");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("region us, which runs the links that lead to it");
    }

    @Test
    void aLinkIsPausedAndResumedAtItsDestination() {
        us.answer("POST /api/v1/links/eu-to-us/pause", 200, LINK.replace("ACTIVE", "PAUSED"));
        us.answer("POST /api/v1/links/eu-to-us/resume", 200, LINK);

        CommandRun paused = CommandRun.of(folder, "link", "pause", "eu-to-us");
        CommandRun resumed = CommandRun.of(folder, "link", "resume", "eu-to-us");

        assertThat(paused.out()).contains("paused");
        assertThat(resumed.out()).contains("active");
        assertThat(paused.exitCode() + resumed.exitCode()).isZero();
    }

    @Test
    void anUnknownLinkIsAUsageErrorThatNamesTheNearest() {
        CommandRun run = CommandRun.of(folder, "link", "pause", "eu-to-uss");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("TMB-2007").contains("did you mean eu-to-us");
        assertThat(us.asked()).isEmpty();
    }

    @Test
    void aFailoverShowsTheLossFirstAndThenWhatItDid() {
        us.answer("GET /api/v1/failover/shop", 200, READY);
        us.answer("POST /api/v1/failover/shop", 200, DONE);

        CommandRun run = CommandRun.of(folder, "failover", "shop", "-y");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err())
                .isEqualTo(
                        """
                        Failover  eu → us   policy shop, link eu-to-us
                        eu: no answer for 4.2 s
                        Not replicated: 3 records (300 B) known + up to about 1 025 produced since (4.1 s silence at up to 250/s)
                        """);
        assertThat(run.out())
                .isEqualTo(
                        """
                          1/2  claim ownership              ✓  12 ms   epoch 2
                          2/2  make writable                ✓  30 ms
                        Done in 42 ms. Region us owns the topics of eu-to-us under epoch 2.
                        When eu comes back and hears of that epoch, it refuses writes to them.
                        """);
    }

    @Test
    void aFailoverThatARestartFinishedIsShownWithItsSteps() {
        us.answer("GET /api/v1/failover/shop", 200, FINISHED);
        us.answer("GET /api/v1/status", 200, status().replace(READY, FINISHED));

        CommandRun run = CommandRun.of(folder, "failover", "shop", "-y");
        CommandRun status = CommandRun.of(folder, "status");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err())
                .startsWith(
                        """
                        Failover  eu → us   policy shop, link eu-to-us
                        eu: no answer for 4.2 s
                        us took over under epoch 2, 1970-01-01T00:00:05Z, gone on with after a restart (an operator; 3 records were known to be missing)
                          1/2  claim ownership              ✓  12 ms   epoch 2
                          2/2  make writable                ✓  30 ms
                          1 group position moved back to the end of the copy
                        error[TMB-4010]: us already owns the topics
                        """)
                .doesNotContain("--force-accept-split-brain");
        assertThat(status.out())
                .contains(
                        "shop      done   us took over under epoch 2, 1970-01-01T00:00:05Z, gone");
    }

    @Test
    void aLossOfWhichNothingIsKnownIsNotCalledNothing() {
        String unknown = READY.replace("1025", "-1").replace("1028", "-1").replace("4100", "-1");
        us.answer("GET /api/v1/failover/shop", 200, unknown);
        us.answer("POST /api/v1/failover/shop", 200, DONE);

        CommandRun run = CommandRun.of(folder, "failover", "shop", "-y");

        assertThat(run.err())
                .contains(
                        "3 records (300 B) known + an unknown number: nothing has been heard of"
                                + " what eu holds\n");
    }

    @Test
    void aFailoverIsRefusedWhileTheSourceAnswers() {
        us.answer("GET /api/v1/failover/shop", 200, NOT_READY);

        CommandRun run = CommandRun.of(folder, "failover", "shop", "-y");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err())
                .contains(
                        "Not replicated: 2 records (200 B) known + up to about 50 on the way"
                                + " (170 ms at up to 295/s); not counted: 2 partitions that the"
                                + " link has given up\n")
                .contains("error[TMB-4012]: eu still answers")
                .contains("failover.shop, tombolo.yaml:6:")
                .contains("= fix : stop the brokers of eu\n");
        assertThat(us.asked()).containsExactly("GET /api/v1/failover/shop");
    }

    @Test
    void aFailoverThatIsForcedCarriesItsReason() {
        us.answer("GET /api/v1/failover/shop", 200, NOT_READY);
        us.answer("POST /api/v1/failover/shop?force=true&reason=eu%20burns", 200, DONE);

        CommandRun without =
                CommandRun.of(folder, "failover", "shop", "-y", "--force-accept-split-brain");
        CommandRun with =
                CommandRun.of(
                        folder,
                        "failover",
                        "shop",
                        "-y",
                        "--force-accept-split-brain",
                        "--reason",
                        "eu burns");

        assertThat(without.exitCode()).isEqualTo(2);
        assertThat(with.exitCode()).isZero();
    }

    @Test
    void aFailoverAsksAndTheNameOfThePolicyIsTheAnswer() {
        us.answer("GET /api/v1/failover/shop", 200, READY);
        us.answer("POST /api/v1/failover/shop", 200, DONE);

        CommandRun nobody = CommandRun.of(folder, "failover", "shop");
        CommandRun no = CommandRun.interactive(folder, "yes\n", "failover", "shop");
        CommandRun yes = CommandRun.interactive(folder, "shop\n", "failover", "shop");

        assertThat(nobody.exitCode()).isEqualTo(4);
        assertThat(no.exitCode()).isEqualTo(4);
        assertThat(yes.exitCode()).isZero();
        assertThat(us.asked()).containsOnlyOnce("POST /api/v1/failover/shop");
    }

    @Test
    void aFailureIsDataWhenAskedForAndNeverAStackTrace() {
        us.answer("GET /api/v1/failover/shop", 200, NOT_READY);

        CommandRun json = CommandRun.of(folder, "failover", "shop", "-y", "-q", "-o", "json");
        CommandRun yaml = CommandRun.of(folder, "failover", "shop", "-y", "-q", "-o", "yaml");
        CommandRun plain = CommandRun.of(folder, "failover", "shop", "-y");
        CommandRun verbose = CommandRun.of(folder, "failover", "shop", "-y", "-v");

        var error = TreeText.parse(json.err()).orElseThrow().at("errors").items().getFirst();
        assertThat(error.at("code").text()).isEqualTo("TMB-4012");
        assertThat(yaml.err()).startsWith("---\nexitCode: 4\nerrors:\n- code: TMB-4012\n");
        assertThat(plain.err()).doesNotContain("\tat ");
        assertThat(verbose.err()).contains("\tat io.tombolo.cli");
    }

    private static String status() {
        return """
        {"region":"us","brokerId":1,"clusterId":"x","state":"serving","kafka":"127.0.0.1:9092",
         "admin":"127.0.0.1:8080","brokers":[{"id":1,"kafka":"127.0.0.1:9092","fenced":false}],
         "quorum":{"leader":1,"epoch":3,"highWatermark":42},
         "partitions":{"hosted":12,"underReplicated":0,"underMinimum":0,"offline":0},
         "ownership":[{"domain":"eu-to-us","owner":"eu","epoch":1,"mode":"STEADY","cause":""}],
         "links":[%s],"failover":[%s],"regions":[]}
        """
                .formatted(LINK, READY);
    }
}
