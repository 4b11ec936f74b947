package io.tombolo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every command explains itself. */
class CommandTreeTest {

    @TempDir private Path folder;

    @TestFactory
    Stream<DynamicTest> everyCommandHasHelpWithAnExample() {
        return leaves().stream()
                .map(words ->
                        DynamicTest.dynamicTest(String.join(" ", words), () -> explains(words)));
    }

    private void explains(List<String> words) {
        var arguments = new ArrayList<>(words);
        arguments.add("--help");

        CommandRun run = CommandRun.of(folder, arguments.toArray(new String[0]));

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("Usage: tombolo " + String.join(" ", words))
                .contains("\nExample:\n")
                .containsPattern("(?m)^  .*tombolo " + String.join(" ", words))
                .contains("--output", "--file", "--yes", "--timeout", "--quiet", "--verbose")
                .contains("--no-color");
    }

    @Test
    void thisReleaseHasTheseCommands() {
        assertThat(leaves().stream().map(words -> String.join(" ", words)))
                .containsExactlyInAnyOrder(
                        "demo",
                        "dev",
                        "broker",
                        "broker list",
                        "broker describe",
                        "broker drain",
                        "broker decommission",
                        "broker undrain",
                        "controller",
                        "region list",
                        "region describe",
                        "region restart",
                        "up",
                        "down",
                        "ps",
                        "logs",
                        "validate",
                        "diff",
                        "plan",
                        "apply",
                        "export",
                        "status",
                        "top",
                        "link list",
                        "link describe",
                        "link lineage",
                        "link pause",
                        "link resume",
                        "link doctor",
                        "failover",
                        "failover rehearse",
                        "failover history",
                        "failover clients",
                        "failback",
                        "divergence list",
                        "divergence export",
                        "divergence replay",
                        "topic list",
                        "topic create",
                        "topic describe",
                        "topic delete",
                        "topic produce",
                        "topic consume",
                        "group list",
                        "group describe",
                        "group lag",
                        "group seek",
                        "group delete",
                        "txn list",
                        "txn describe",
                        "txn abort",
                        "explain",
                        "version");
    }

    @Test
    void theExampleOfEveryCommandCanBeParsed() {
        for (List<String> words : leaves()) {
            CommandLine command = find(words);
            Arrays.stream(command.getCommandSpec().usageMessage().footer())
                    .filter(line -> line.startsWith("  tombolo "))
                    .map(line -> line.strip().split(" +\\|")[0])
                    .forEach(example -> {
                        String[] typed = words(example.substring("tombolo ".length()));
                        assertThat(tree().parseArgs(typed).errors()).as(example).isEmpty();
                    });
        }
    }

    @Test
    void aMisspeltCommandIsRefusedWithTheNearestOne() {
        CommandRun run = CommandRun.of(folder, "statsu");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("error[TMB-2001]: ").contains("tombolo status");
    }

    @Test
    void aMisspeltWordBelowACommandKeepsTheCommandInTheFix() {
        CommandRun command = CommandRun.of(folder, "topic", "lst");
        CommandRun option = CommandRun.of(folder, "topic", "list", "--regoin=eu");
        CommandRun nothingLikeIt = CommandRun.of(folder, "xyzzy");

        assertThat(command.err())
                .startsWith("error[TMB-2001]: there is no command 'lst'")
                .contains("= fix : tombolo topic list\n");
        assertThat(option.err())
                .startsWith("error[TMB-2001]: there is no option '--regoin=eu'")
                .contains("= fix : tombolo topic list --region\n");
        assertThat(nothingLikeIt.err()).contains("= fix : tombolo --help\n");
    }

    @Test
    void aGroupWithoutACommandIsAUsageErrorThatNamesItsCommands() {
        CommandRun run = CommandRun.of(folder, "topic");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("error[TMB-2001]: tombolo topic needs a command")
                .contains("list, create, describe, delete, produce, consume")
                .contains("tombolo topic --help");
    }

    @Test
    void aFormatThatDoesNotExistIsAUsageErrorThatNamesThoseThatDo() {
        CommandRun run = CommandRun.of(folder, "status", "-o", "xml");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'xml' is none of table, json and yaml");
    }

    @Test
    void aPageIsWrappedForATerminal() {
        CommandRun run = CommandRun.of(folder, "explain", "TMB-4012");

        assertThat(run.out().lines()).hasSizeGreaterThan(4);
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void aDurationWithoutAUnitIsAUsageErrorInPlainWords() {
        CommandRun run = CommandRun.of(folder, "status", "--timeout", "30");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("'30' is not a duration with its unit")
                .doesNotContain("Exception");
    }

    private static String[] words(String line) {
        return Pattern.compile("'[^']*'|[^ ]+")
                .matcher(line.replace("%%", "%"))
                .results()
                .map(word -> word.group().replace("'", ""))
                .toArray(String[]::new);
    }

    private static CommandLine tree() {
        return CommandTree.of(TestShell.silent(), false);
    }

    private static CommandLine find(List<String> words) {
        CommandLine command = tree();
        for (String word : words) {
            command = command.getSubcommands().get(word);
        }
        return command;
    }

    private static List<List<String>> leaves() {
        var leaves = new ArrayList<List<String>>();
        collect(tree(), List.of(), leaves);
        return leaves;
    }

    private static void collect(
            CommandLine command, List<String> words, List<List<String>> leaves) {
        if (command.getCommand() instanceof Callable<?>) {
            leaves.add(words);
        }
        new TreeMap<>(command.getSubcommands())
                .forEach((name, below) -> {
                    var longer = new ArrayList<>(words);
                    longer.add(name);
                    collect(below, longer, leaves);
                });
    }
}
