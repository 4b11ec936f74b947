package io.tombolo.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.CommandRun;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Status, links and drains against running brokers. */
class AdminCommandsEndToEnd {

    @TempDir private static Path folder;
    @TempDir private Path elsewhere;
    private static LiveRegions regions;

    @BeforeAll
    static void startRegions() throws IOException {
        regions = LiveRegions.in(folder);
    }

    @AfterAll
    static void stop() {
        regions.close();
    }

    @ParameterizedTest
    @CsvSource({
        "us, /api/v1/status, status",
        "us, /api/v1/links/eu-to-us, link",
        "us, /api/v1/failover/shop, preview"
    })
    void brokersStillAnswerAsTheyWereRecorded(String region, String path, String recorded) {
        Set<String> shape = RecordedAnswer.shape(RecordedAnswer.of(recorded));
        // What regions tell each other comes a moment after they serve.
        boolean alike = LiveRegions.comesTrue(() -> live(region, path).equals(shape));

        assertThat(live(region, path)).as("alike in time: %s", alike).isEqualTo(shape);
    }

    private static Set<String> live(String region, String path) {
        return RecordedAnswer.shape(regions.get(region, path).body());
    }

    @Test
    void statusIsShownAsTablesJsonAndYaml() {
        CommandRun text = CommandRun.of(folder, "status");
        CommandRun json = CommandRun.of(folder, "status", "-o", "json");
        CommandRun yaml = CommandRun.of(folder, "-o", "yaml", "status");

        assertThat(text.err()).isEmpty();
        assertThat(text.exitCode()).isZero();
        assertThat(text.out())
                .containsPattern("us +serving +1/1 +us-1 +127.0.0.1:\\d+ ")
                .containsPattern("eu-to-us +eu → us +active +1/1 +0 +0 B ")
                .containsPattern("shop +no +TMB-4012 eu still answers");
        Tree us = TreeText.parse(json.out()).orElseThrow().at("regions").items().get(1);
        assertThat(us.at("links").items().getFirst().at("lag", "records").number(-1)).isZero();
        assertThat(yaml.out()).startsWith("---\nregions:\n- region: eu\n");
    }

    @Test
    void statusIsRefreshedInPlaceOnATerminalAndShownOnceElsewhere() {
        CommandRun screen =
                CommandRun.interactive(
                        folder, "", "status", "--watch", "--every", "10ms", "--count", "2");
        CommandRun pipe = CommandRun.of(folder, "status", "--watch");

        assertThat(screen.out().split("REGION  STATE", -1)).hasSize(3);
        assertThat(screen.out()).startsWith("\u001b[2J\u001b[H");
        assertThat(pipe.out()).startsWith("REGION  STATE").doesNotContain("\u001b");
        assertThat(screen.exitCode() + pipe.exitCode()).isZero();
    }

    @Test
    void topShowsWhatMoves() {
        CommandRun pipe = CommandRun.of(folder, "top");
        Tree json = regions.json("top", "--topics", "1");
        CommandRun screen =
                CommandRun.interactive(folder, "", "top", "--every", "10ms", "--count", "2");

        assertThat(pipe.out())
                .contains("eu serving 1/1", "eu-to-us")
                .containsPattern("eu +orders +1 +0 +2");
        assertThat(json.at("topics").items()).hasSize(1);
        assertThat(json.at("topicCount").number(0)).isGreaterThanOrEqualTo(2);
        assertThat(screen.out().split("RECORDS/s", -1)).hasSize(3);
        assertThat(pipe.exitCode() + screen.exitCode()).isZero();
    }

    @Test
    void aRegionThatDoesNotAnswerIsShownAndFailsTheCommandWhenItIsTheOnlyOne() throws IOException {
        leadTo(1);

        CommandRun status = CommandRun.of(elsewhere, "status");
        CommandRun links = CommandRun.of(elsewhere, "link", "list");

        assertThat(status.exitCode()).isEqualTo(1);
        assertThat(status.out()).contains("us      unreachable").contains("Connection refused");
        assertThat(links.exitCode()).isEqualTo(1);
        assertThat(links.out()).isEmpty();
        assertThat(links.err()).contains("region us, which runs the links that lead to it");
    }

    @Test
    void aRegionThatTakesTheRequestAndStaysSilentTimesOut() throws IOException {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            leadTo(silent.getLocalPort());

            CommandRun run =
                    CommandRun.of(elsewhere, "link", "describe", "eu-to-us", "--timeout", "100ms");

            assertThat(run.exitCode()).isEqualTo(5);
            assertThat(run.err()).startsWith("error[TMB-2102]: region us took the request");
        }
    }

    @Test
    void aLinkIsDescribedPartitionByPartition() {
        CommandRun run = CommandRun.of(folder, "link", "describe", "eu-to-us");

        assertThat(run.out())
                .containsPattern("orders +0 +active +2 +2 +0 ")
                .containsPattern("billing +1 +0 ")
                .containsPattern("eu was heard of .+ ago; it counts as gone after 4.0 s");
    }

    @Test
    void theDoctorFindsALinkWellAndNamesWhatIsNot() throws IOException {
        CommandRun well = CommandRun.of(folder, "link", "doctor", "eu-to-us");
        CommandRun json = CommandRun.of(folder, "link", "doctor", "-o", "json");
        CommandRun unknown = CommandRun.of(folder, "link", "doctor", "eu-to-uss");
        leadTo(1);
        CommandRun gone = CommandRun.of(elsewhere, "link", "doctor");

        assertThat(well.out())
                .contains("✓ link in us", "✓ ownership", "✓ eu from us", "eu-to-us is well");
        assertThat(well.exitCode()).isZero();
        Tree first = TreeText.parse(json.out()).orElseThrow().items().getFirst();
        assertThat(first.at("ill").number(-1)).isZero();
        assertThat(first.at("findings").items()).hasSizeGreaterThan(6);
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("tombolo link doctor eu-to-us");
        assertThat(gone.exitCode()).isEqualTo(1);
        assertThat(gone.out()).contains("✗ region us").contains("fix: tombolo up --region us");
    }

    @Test
    void theDoctorSeesWhereAFileAndItsRegionsDiffer() throws IOException {
        String file = Files.readString(folder.resolve("tombolo.yaml"));
        Files.writeString(
                elsewhere.resolve("tombolo.yaml"),
                file.replace("topics: [\"orders\"] }", "topics: [\"orders\"], groups: [\"b*\"] }"));

        CommandRun run = CommandRun.of(elsewhere, "link", "doctor", "eu-to-us");

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.out()).contains("! link in us", "differs from the file in groups");
    }

    @Test
    void aLinkIsPausedAndResumedAtItsDestination() {
        CommandRun paused = CommandRun.of(folder, "link", "pause", "eu-to-us");
        CommandRun resumed = CommandRun.of(folder, "link", "resume", "eu-to-us");

        assertThat(paused.exitCode() + resumed.exitCode()).isZero();
        assertThat(paused.out()).contains("paused");
        assertThat(paused.err()).contains("link eu-to-us is told to pause");
        assertThat(resumed.out()).doesNotContain("paused");
        LiveRegions.await(() -> regions.link().at("state").text().equals("ACTIVE"));
    }

    /** Once a copy that such a link had left could not be deleted: it had to be paused first. */
    @Test
    void aLinkThatTheFileHasNoMoreIsPausedAndResumedAllTheSame() throws IOException {
        String file = Files.readString(folder.resolve("tombolo.yaml"));
        Files.writeString(
                elsewhere.resolve("tombolo.yaml"),
                file.replaceFirst("(?s)links: .*(?=topics: \\{ orders)", ""));

        CommandRun paused = CommandRun.of(elsewhere, "link", "pause", "eu-to-us");
        CommandRun resumed = CommandRun.of(elsewhere, "link", "resume", "eu-to-us");
        CommandRun unknown = CommandRun.of(elsewhere, "link", "pause", "eu-to-ap");

        assertThat(paused.exitCode() + resumed.exitCode()).isZero();
        assertThat(paused.out()).contains("eu-to-us  eu → us    paused");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("TMB-2007");
        LiveRegions.await(() -> regions.link().at("state").text().equals("ACTIVE"));
    }

    @Test
    void anUnknownLinkIsAUsageErrorThatNamesTheNearest() {
        CommandRun run = CommandRun.of(folder, "link", "pause", "eu-to-uss");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("TMB-2007").contains("did you mean eu-to-us");
    }

    @Test
    void aFailoverIsRefusedWhileTheSourceAnswers() {
        CommandRun run = CommandRun.of(folder, "failover", "shop", "-y");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("eu: answers\nNot replicated: 0 records (0 B) known + ")
                .contains("error[TMB-4012]: eu still answers")
                .contains("failover.shop, tombolo.yaml:8:")
                .contains("= fix : stop the brokers of eu, then tombolo failover shop\n");
        assertThat(regions.get("us", "/api/v1/failover/shop").body().at("ownershipEpoch").text())
                .isEqualTo("1");
    }

    @Test
    void aFailoverThatIsForcedNeedsAReason() {
        CommandRun run =
                CommandRun.of(folder, "failover", "shop", "-y", "--force-accept-split-brain");

        assertThat(run.exitCode()).isEqualTo(2);
    }

    @Test
    void aFailureIsDataWhenAskedForAndNeverAStackTrace() {
        CommandRun json = CommandRun.of(folder, "failover", "shop", "-y", "-q", "-o", "json");
        CommandRun yaml = CommandRun.of(folder, "failover", "shop", "-y", "-q", "-o", "yaml");
        CommandRun plain = CommandRun.of(folder, "failover", "shop", "-y");
        CommandRun verbose = CommandRun.of(folder, "failover", "shop", "-y", "-v");

        Tree error = TreeText.parse(json.err()).orElseThrow().at("errors").items().getFirst();
        assertThat(error.at("code").text()).isEqualTo("TMB-4012");
        assertThat(yaml.err()).startsWith("---\nexitCode: 4\nerrors:\n- code: TMB-4012\n");
        assertThat(plain.err()).doesNotContain("\tat ");
        assertThat(verbose.err()).contains("\tat io.tombolo.cli");
    }

    @Test
    void aDrainKeepsItsReasonAndEndsWhenTheBrokerIsEmpty() {
        CommandRun run = CommandRun.of(folder, "broker", "drain", "ap-1", "--reason", "new disk");
        Tree kept = regions.get("ap", "/api/v1/drains/2001").body();
        CommandRun undrained = CommandRun.of(folder, "broker", "undrain", "ap-1");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("ap-1  empty");
        assertThat(kept.at("reason").text()).isEqualTo("new disk");
        assertThat(undrained.exitCode()).isZero();
    }

    @Test
    void aDrainThatIsNotWaitedForTellsHowFarItIsAndOneThatIsStuckWhy() {
        CommandRun told = CommandRun.of(folder, "broker", "drain", "eu-1", "--detach");
        CommandRun stuck = CommandRun.of(folder, "broker", "drain", "1", "--timeout", "500ms");
        CommandRun.of(folder, "broker", "undrain", "eu-1");

        assertThat(told.out()).containsPattern("eu-1  drains   \\d+ replicas? left, 0 on their");
        assertThat(stuck.exitCode()).isEqualTo(1);
        assertThat(stuck.err())
                .contains("error[TMB-2308]: broker eu-1 cannot be emptied")
                .contains("no broker in service is without a replica of it")
                .contains("tombolo broker undrain eu-1");
    }

    @Test
    void aDecommissionIsConfirmedAndWaitsForTheStop() {
        CommandRun unconfirmed = CommandRun.of(folder, "broker", "decommission", "ap-1");
        Tree goal = regions.get("ap", "/api/v1/drains/2001").body().at("goal");
        CommandRun confirmed = CommandRun.of(folder, "broker", "decommission", "ap-1", "-y");
        CommandRun.of(folder, "broker", "undrain", "ap-1");

        assertThat(unconfirmed.exitCode()).isEqualTo(4);
        assertThat(goal.text()).isEqualTo("none");
        assertThat(confirmed.out()).contains("tombolo down --region ap --id 1");
    }

    @Test
    void whatHangsInAPartitionIsAbortedWhenItsNameIsTyped() throws Exception {
        CommandRun.of(folder, "topic", "create", "vault", "-p", "1", "--region", "us");
        try (var producer = regions.transactional("us", "teller")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("vault", "open")).get(30, TimeUnit.SECONDS);
            Tree open = regions.json("txn", "list", "--region", "us").items().getFirst();
            String writer = "vault/0/" + open.at("producerId").text();

            CommandRun other = abort("yes\n", writer);
            CommandRun nothing = abort("", writer);
            CommandRun named = abort(writer + "\n", writer);

            assertThat(other.exitCode()).isEqualTo(4);
            assertThat(other.err())
                    .contains("in vault-0 in us, from offset 0 on")
                    .contains("Proceed? Type " + writer + " to confirm: ")
                    .contains("nothing was changed");
            assertThat(nothing.exitCode()).isEqualTo(4);
            assertThat(named.exitCode()).as(named.err()).isZero();
            assertThat(named.out()).startsWith("aborted what producer ").endsWith(" in us\n");
            assertThat(abort(writer + "\n", writer).err()).contains("nobody has");
        }
    }

    /** Its coordinator has lost all it knew: nobody is left to end what is open. */
    @Test
    void whatNoCoordinatorKnowsHangsAndIsFoundAndAborted() throws Exception {
        CommandRun.of(folder, "topic", "create", "safe", "-p", "2", "--region", "us");
        try (var producer = regions.transactional("us", "forgotten")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("safe", 0, "k", "ended")).get(30, TimeUnit.SECONDS);
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("safe", 0, "k", "open")).get(30, TimeUnit.SECONDS);
            producer.send(new ProducerRecord<>("safe", 1, "k", "open")).get(30, TimeUnit.SECONDS);

            CommandRun known = hanging();
            CommandRun.of(folder, "topic", "delete", "__transaction_state", "-y", "--region", "us");
            Tree forgotten = regions.json("txn", "list", "--hanging", "--region", "us");
            CommandRun shown = hanging();
            CommandRun idle = hanging("--longer-than", "1h");
            String writer = "safe/0/" + forgotten.items().getFirst().at("producerId").text();
            CommandRun aborted =
                    CommandRun.of(folder, "txn", "abort", writer, "-y", "--region", "us");
            CommandRun left = hanging();

            assertThat(known.out()).isEqualTo("nothing hangs\n");
            assertThat(forgotten.items())
                    .extracting(one -> one.at("partition").text())
                    .containsExactlyInAnyOrder("0", "1");
            assertThat(shown.out())
                    .containsPattern("HANGING +REGION +PRODUCER +EPOCH +FIRST-OFFSET +IDLE")
                    .containsPattern(writer + " +us +\\d+ +\\d+ +2 ");
            assertThat(shown.err()).contains("tombolo txn abort safe/");
            assertThat(idle.out()).isEqualTo("nothing hangs\n");
            assertThat(aborted.exitCode()).as(aborted.err()).isZero();
            assertThat(left.out()).contains("safe/1/").doesNotContain("safe/0/");
            producer.close(Duration.ZERO);
        }
    }

    @Test
    void whatIsOpenInACopyIsForItsSourceToEnd() throws Exception {
        try (var producer = regions.transactional("eu", "seller")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", "open")).get(30, TimeUnit.SECONDS);
            LiveRegions.await(() -> openIn("us"));

            CommandRun everywhere = CommandRun.of(folder, "txn", "list", "--hanging");

            assertThat(everywhere.out()).doesNotContain("orders/");
            producer.abortTransaction();
        }
    }

    private static boolean openIn(String region) {
        try (Admin admin = regions.admin(region)) {
            var orders = new TopicPartition("orders", 0);
            return admin
                    .describeProducers(List.of(orders))
                    .partitionResult(orders)
                    .get(30, TimeUnit.SECONDS)
                    .activeProducers()
                    .stream()
                    .anyMatch(state -> state.currentTransactionStartOffset().isPresent());
        } catch (ExecutionException | InterruptedException | TimeoutException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static CommandRun hanging(String... words) {
        var all = new ArrayList<>(List.of("txn", "list", "--hanging", "--region", "us"));
        all.addAll(List.of(words));
        return CommandRun.of(folder, all.toArray(String[]::new));
    }

    private static CommandRun abort(String typed, String writer) {
        return CommandRun.interactive(folder, typed, "txn", "abort", writer, "--region", "us");
    }

    @Test
    void aRefusalIsShownAndAnUnknownBrokerIsAUsageError() throws IOException {
        String file = Files.readString(folder.resolve("tombolo.yaml"));
        Files.writeString(
                elsewhere.resolve("tombolo.yaml"), file.replace("ap: {", "ap: { brokers: 2,"));

        CommandRun refused = CommandRun.of(elsewhere, "broker", "undrain", "ap-2");
        CommandRun unknown = CommandRun.of(folder, "broker", "drain", "us-9");

        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(4);
        assertThat(refused.err()).contains("error[TMB-4102]").contains("ap-2");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("there are eu-1, us-1, ap-1");
    }

    /** Another file, whose only region of ours has its admin port there. */
    private void leadTo(int port) throws IOException {
        Files.writeString(
                elsewhere.resolve("tombolo.yaml"),
                """
                tombolo: 1
                regions:
                  us: { admin: "127.0.0.1:%d" }
                  eu: { bootstrap: "127.0.0.1:1" }
                links: { eu-to-us: { from: eu, to: us, topics: ["*"] } }
                """
                        .formatted(port));
    }
}
