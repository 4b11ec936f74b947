package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Each of the 106 statements is a test, or listed with the reason why it is not one yet. */
class ContractCompletenessTest {

    private static final int STATEMENTS = 106;
    private static final Pattern NUMBERED_METHOD = Pattern.compile("contract(\\d{3})[A-Z]\\w*");
    private static final Pattern LISTED = Pattern.compile("(\\d+)\\s+(\\S.*)");

    @Test
    void everyStatementIsTestedOrListedWithItsReason() throws Exception {
        var tested = new ArrayList<Integer>();
        numberedTests().keySet().stream().filter(number -> number > 0).forEach(tested::add);

        assertThat(listed()).doesNotContainAnyElementsOf(tested);
        tested.addAll(listed());
        assertThat(tested)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, STATEMENTS).boxed().toList());
    }

    @Test
    void theNameOfATestBeginsWithItsNumber() throws Exception {
        numberedTests()
                .forEach((number, method) -> {
                    String wanted = number == 0 ? "1.0: " : number + ": ";
                    assertThat(method.getAnnotation(DisplayName.class).value())
                            .as(method.getName())
                            .startsWith(wanted);
                });
    }

    private static TreeMap<Integer, Method> numberedTests() throws Exception {
        var tests = new TreeMap<Integer, Method>();
        for (Class<?> type : testClasses()) {
            for (Method method : type.getDeclaredMethods()) {
                Matcher name = NUMBERED_METHOD.matcher(method.getName());
                if (isContract(method) && name.matches()) {
                    Method other = tests.put(Integer.valueOf(name.group(1)), method);
                    assertThat(other).as("a second %s", name.group(1)).isNull();
                }
            }
        }
        return tests;
    }

    private static boolean isContract(Method method) {
        return method.isAnnotationPresent(ContractTest.class)
                || method.isAnnotationPresent(TrioTest.class);
    }

    private static List<Class<?>> testClasses() throws Exception {
        var types = new ArrayList<Class<?>>();
        try (Stream<Path> files = Files.list(folderOfThisClass())) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith("EndToEnd.class")) {
                    String type = name.substring(0, name.length() - ".class".length());
                    types.add(Class.forName(ContractTest.class.getPackageName() + "." + type));
                }
            }
        }
        return types;
    }

    private static Path folderOfThisClass() throws URISyntaxException {
        var here = ContractCompletenessTest.class.getResource("ContractCompletenessTest.class");
        return Path.of(here.toURI()).getParent();
    }

    private static List<Integer> listed() throws IOException {
        try (InputStream in =
                ContractCompletenessTest.class.getResourceAsStream("/contracts-not-yet.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> {
                        Matcher entry = LISTED.matcher(line);
                        assertThat(entry.matches()).as(line).isTrue();
                        return Integer.valueOf(entry.group(1));
                    })
                    .toList();
        }
    }
}
