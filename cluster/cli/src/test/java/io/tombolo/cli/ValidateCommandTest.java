package io.tombolo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code tombolo validate} prints, word for word. */
class ValidateCommandTest {

    private static final String SMALLEST =
            """
            tombolo: 1
            regions: { eu: {}, us: {} }
            links:   { eu-to-us: { from: eu, to: us, topics: ["*"] } }
            topics:  { orders: { in: eu } }
            """;

    @TempDir private Path folder;

    @Test
    void theSmallestUsefulFileIsValid() throws IOException {
        write(SMALLEST);

        CommandRun run = CommandRun.of(folder, "validate");

        assertThat(run)
                .isEqualTo(
                        new CommandRun(
                                0,
                                "tombolo.yaml is valid: 2 regions, 1 link, 1 topic, 0 failover"
                                        + " policies\n",
                                ""));
    }

    @Test
    void everyFaultOfABrokenFileIsShownWithItsPlaceAndAFix() throws IOException {
        write(
                """
                tombolo: 1
                regions: { eu: {}, us: {} }
                links:   { eu-to-us: { from: eu, to: uss, topics: ["*"] } }
                topics:  { orders: { in: eu, partition: 3 } }
                """);

        CommandRun run = CommandRun.of(folder, "validate");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .isEqualTo(
                        """
                        error[TMB-1201]: there is no region 'uss'
                          ┌ links.eu-to-us.to, tombolo.yaml:3:38
                          │ links:   { eu-to-us: { from: eu, to: uss, topics: ["*"] } }
                          │                                      ^
                          = seen: defined are eu, us
                          = fix : write us

                        error[TMB-1102]: there is no key 'partition' in topics.orders
                          ┌ topics.orders.partition, tombolo.yaml:4:30
                          │ topics:  { orders: { in: eu, partition: 3 } }
                          │                              ^
                          = why : a key that is ignored would hide a mistake
                          = fix : partitions:
                        """);
    }

    @Test
    void sectionsOfLaterReleasesAreNamedAndDoNotMakeTheFileInvalid() throws IOException {
        write(
                """
                tombolo: 1
                regions: { eu: {}, us: {} }
                mirrors: { copy: { from: eu, to: us, topics: ["a"] } }
                """);

        CommandRun run = CommandRun.of(folder, "validate");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains(
                        "broker and dev refuse to start with it: 1 entry of this file needs what");
        assertThat(run.err())
                .startsWith("warning[TMB-1901]: mirrors: is understood")
                .contains("tombolo.yaml:3:1");
    }

    @Test
    void theResultIsDataWhenAskedFor() throws IOException {
        write(SMALLEST.replace("to: us", "to: uss"));

        CommandRun run = CommandRun.of(folder, "validate", "-o", "json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEmpty();
        Tree tree = TreeText.parse(run.out()).orElseThrow();
        assertThat(tree.at("valid").flag()).isFalse();
        Tree error = tree.at("errors").items().getFirst();
        assertThat(error.at("code").text()).isEqualTo("TMB-1201");
        assertThat(error.at("line").number(0)).isEqualTo(3);
    }

    @Test
    void aFileThatIsNamedIsReadFromWhereTheCommandRuns() throws IOException {
        Files.writeString(folder.resolve("other.yaml"), SMALLEST);

        assertThat(CommandRun.of(folder, "validate", "-f", "other.yaml").out())
                .startsWith("other.yaml is valid");
    }

    @Test
    void withoutAFileTheUserIsToldWhatWasLookedFor() {
        CommandRun run = CommandRun.of(folder, "validate");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo(
                        """
                        error[TMB-2002]: there is no topology file in the working directory
                          ┌ %s
                          = fix : name the file with -f FILE
                                  tombolo demo        needs no file
                        """
                                .formatted(folder.resolve("tombolo.yaml")));
    }

    @Test
    void aFileThatIsNotTextIsRefused() throws IOException {
        Files.write(
                folder.resolve("tombolo.yaml"), "a: b\né".getBytes(StandardCharsets.ISO_8859_1));

        CommandRun run = CommandRun.of(folder, "validate");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("error[TMB-2002]: the topology file is not UTF-8 text")
                .contains("tombolo.yaml:2:1");
    }

    @Test
    void brokersDoNotStartWithASectionThatNobodyWouldActOn() throws IOException {
        write(SMALLEST + "users: { a: { auth: { mtls: \"CN=a\" }, can: [ read orders ] } }\n");

        CommandRun run = CommandRun.of(folder, "broker", "--region", "eu");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).startsWith("error[TMB-1901]: users: is understood");
    }

    private void write(String text) throws IOException {
        Files.writeString(folder.resolve("tombolo.yaml"), text);
    }
}
