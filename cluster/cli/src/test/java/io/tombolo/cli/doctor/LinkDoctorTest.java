package io.tombolo.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.cli.doctor.Finding.Verdict;
import io.tombolo.cli.kafka.Handshake;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.environment.Endpoint;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** What the doctor makes of what brokers tell. */
class LinkDoctorTest {

    private static final String WELL =
            """
            "state": "ACTIVE", "sourceSilentMs": 40, "sourceGoneAfterMs": 4000,
            "copiedLag": { "records": 0, "ms": 3 }, "silentBrokers": []
            """;

    @TempDir private Path folder;

    @Test
    void aLinkWithoutTroubleIsWell() throws IOException {
        List<Finding> findings =
                examine(
                        "{ %s, \"topics\": [{ \"topic\": \"orders\", \"trouble\": null }],"
                                + " \"groups\": [{ \"group\": \"billing\", \"skipped\": [] }] }",
                        1);

        assertThat(findings).extracting(Finding::verdict).containsOnly(Verdict.WELL);
        assertThat(findings)
                .extracting(Finding::subject)
                .containsExactly("eu from us", "topics", "groups");
    }

    @Test
    void aSourceThatIsReachedFromHereAndNotFromThereIsAMatterOfTheWay() throws IOException {
        String link =
                "{ %s, \"trouble\": { \"code\": \"SOURCE_UNREACHABLE\", \"detail\": \"refused\","
                        + " \"count\": 7 } }";

        Finding reached = examine(link, 1).getFirst();
        Finding unreached = examine(link, 0).getFirst();

        assertThat(reached.verdict()).isEqualTo(Verdict.ILL);
        assertThat(reached.seen()).isEqualTo("SOURCE_UNREACHABLE: refused (7 times)");
        assertThat(reached.why()).contains("it is the way from us");
        assertThat(unreached.why()).contains("it is eu itself");
    }

    @Test
    void aTopicInTroubleIsToldWithItsPartitionsAndAFix() throws IOException {
        Finding topic =
                examine(
                                """
                                { %s, "topics": [{ "topic": "orders",
                                  "trouble": { "code": "GAP", "detail": "90 records are gone" },
                                  "partitions": [{ "partition": 0, "trouble": null },
                                    { "partition": 1, "trouble": { "code": "GAP" } }] }] }
                                """,
                                1)
                        .getLast();

        assertThat(topic.subject()).isEqualTo("topic orders");
        assertThat(topic.seen()).isEqualTo("GAP: 90 records are gone");
        assertThat(topic.why()).isEqualTo("partitions 1 of 2; the others are copied");
        assertThat(topic.fixes())
                .singleElement()
                .asString()
                .startsWith("tombolo topic delete orders --region us")
                .endsWith("with links.eu-to-us.gap: jump it does so by itself");
    }

    @Test
    void aGroupThatIsNotSyncedIsToldWithItsReason() throws IOException {
        Finding group =
                examine(
                                """
                                { %s, "groups": [{ "group": "payroll", "skipped": [
                                  { "partition": "*", "reason": "ACTIVE_HERE", "detail": "1 member" }] }] }
                                """,
                                1)
                        .getLast();

        assertThat(group.verdict()).isEqualTo(Verdict.DOUBTFUL);
        assertThat(group.seen()).isEqualTo("not synced at *: ACTIVE_HERE, 1 member");
        assertThat(group.why()).contains("their own commits win");
        assertThat(group.fixes()).singleElement().asString().contains("\"!payroll\"");
    }

    @Test
    void ofManyTopicsInTroubleTheFirstAreNamedAndTheOthersCounted() throws IOException {
        String topics =
                String.join(
                        ",",
                        IntStream.range(0, 30)
                                .mapToObj(number ->
                                        "{ \"topic\": \"t%d\", \"trouble\": { \"code\": \"GAP\" } }"
                                                .formatted(number))
                                .toList());

        List<Finding> findings = examine("{ %s, \"topics\": [" + topics + "] }", 1);

        assertThat(findings).hasSize(1 + Finding.TOLD_MAX + 1);
        assertThat(findings.getLast().seen()).isEqualTo("and 10 more of the kind");
    }

    @Test
    void aLinkThatLagsMoreThanItMayIsLate() throws IOException {
        assertThat(examine("{ %s, \"maxLagMs\": 3 }", 1)).hasSize(1);
        assertThat(examine("{ %s, \"maxLagMs\": 2 }", 1).getLast().seen())
                .isEqualTo("3 ms, late: its lag is above limits.maxLag, 2 ms");
    }

    @Test
    void aBrokerThatIsTooOldIsToldByWhatItDoesNotSpeak() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answerOnce(server, 1, 7));

            Handshake met = Handshake.with(endpoint(server), 5_000);

            assertThat(met.missing()).isPresent();
            assertThat(met.highest()).hasSize(1);
        }
    }

    @Test
    void whatAnswersWithManyApisIsNoBroker() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answerOnce(server, Integer.MAX_VALUE, 7));

            assertThatThrownBy(() -> Handshake.with(endpoint(server), 5_000))
                    .hasMessageContaining("no Kafka broker");
        }
    }

    private static Endpoint endpoint(ServerSocket server) {
        return new Endpoint("127.0.0.1", server.getLocalPort());
    }

    private static void answerOnce(ServerSocket server, int count, int highest) {
        try (var client = server.accept()) {
            var out = new DataOutputStream(client.getOutputStream());
            out.writeInt(4 + 2 + 4 + 6);
            out.writeInt(1);
            out.writeShort(0);
            out.writeInt(count);
            out.writeShort(1); // FETCH
            out.writeShort(0);
            out.writeShort(highest);
            out.flush();
            client.getInputStream().readAllBytes();
        } catch (IOException gone) {
            throw new IllegalStateException(gone);
        }
    }

    @Test
    void whatCopiesWentOnBehindIsNoted() throws IOException {
        Tree lineage =
                TreeText.parse(
                                """
                                { "partitions": [
                                  { "topic": "orders", "partition": 1,
                                    "gaps": [{ "fromOffset": 50, "toOffset": 70 },
                                             { "fromOffset": 90, "toOffset": 95 }] },
                                  { "topic": "bills", "partition": 0, "gaps": [] }] }
                                """)
                        .orElseThrow();

        Finding gap = exam(1).gaps(lineage).getFirst();

        assertThat(gap.verdict()).isEqualTo(Verdict.NOTED);
        assertThat(gap.subject()).isEqualTo("partition orders-1");
        assertThat(gap.seen()).isEqualTo("went on behind 25 offsets");
        assertThat(gap.why()).contains("tombolo link lineage eu-to-us");
    }

    private List<Finding> examine(String link, int reachedFromHere) throws IOException {
        Tree answer = TreeText.parse(link.formatted(WELL)).orElseThrow();
        return exam(reachedFromHere).examine(answer);
    }

    private CopyExam exam(int reachedFromHere) throws IOException {
        Files.writeString(
                folder.resolve("tombolo.yaml"),
                """
                tombolo: 1
                regions: { eu: {}, us: {} }
                links: { eu-to-us: { from: eu, to: us, topics: ["*"] } }
                """);
        var nowhere = new PrintStream(OutputStream.nullOutputStream());
        var shell =
                new Shell(
                        new Shell.Surroundings(
                                InputStream.nullInputStream(),
                                nowhere,
                                nowhere,
                                folder,
                                false,
                                false));
        LoadedFile file = LoadedFile.of(shell);
        var patient = new Patient(shell, file, file.topology().links().values().iterator().next());
        return new CopyExam(patient, reachedFromHere);
    }
}
