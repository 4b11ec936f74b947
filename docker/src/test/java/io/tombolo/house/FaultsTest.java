package io.tombolo.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.house.House.Module;
import io.tombolo.nodes.Checkout;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** docker/FAULTS.md says of every fault which tests inflict it, or why none does. */
class FaultsTest {

    private static final Pattern ROW =
            Pattern.compile("\\| (\\d+) \\|[^|]+\\|[^|]+\\|([^|]*)\\|([^|]*)\\|");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+)(?:\\.(\\w+))?`");

    @Test
    void everyFaultHasItsRow() {
        var wanted = IntStream.concat(IntStream.rangeClosed(1, 47), IntStream.rangeClosed(95, 100));

        assertThat(rows().stream().map(row -> Integer.valueOf(row.group(1))))
                .containsExactlyElementsOf(wanted.boxed().toList());
    }

    @Test
    void aRowWithoutATestSaysWhyItIsOpen() {
        for (MatchResult row : rows()) {
            assertThat(row.group(2).isBlank() && row.group(3).isBlank())
                    .as("row %s has neither a test nor a reason", row.group(1))
                    .isFalse();
        }
    }

    @Test
    void everyTestThatIsNamedExists() {
        Map<String, Path> classes = testClasses();
        for (MatchResult row : rows()) {
            for (MatchResult test : TEST.matcher(row.group()).results().toList()) {
                Path file = classes.get(test.group(1));
                assertThat(file).as("row %s names %s", row.group(1), test.group(1)).isNotNull();
                if (test.group(2) != null) {
                    String method = "void " + test.group(2) + "(";
                    assertThat(House.lines(file).stream().anyMatch(line -> line.contains(method)))
                            .as("row %s names %s", row.group(1), test.group())
                            .isTrue();
                }
            }
        }
    }

    private static List<MatchResult> rows() {
        var rows = new ArrayList<MatchResult>();
        for (String line : House.lines(Checkout.root().resolve("docker/FAULTS.md"))) {
            ROW.matcher(line).results().forEach(rows::add);
        }
        return rows;
    }

    private static Map<String, Path> testClasses() {
        var classes = new HashMap<String, Path>();
        for (Module module : House.modules()) {
            for (Path file : House.javaFiles(module.testSources())) {
                classes.put(file.getFileName().toString().replace(".java", ""), file);
            }
        }
        return classes;
    }
}
