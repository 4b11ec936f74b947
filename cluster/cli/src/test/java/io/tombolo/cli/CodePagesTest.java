package io.tombolo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.output.TreeText;
import io.tombolo.cli.shell.Code;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Every code can be explained. */
class CodePagesTest {

    @TempDir private Path folder;

    @Test
    void everyCodeOfTheCommandLineHasAPage() {
        for (Code code : Code.values()) {
            assertThat(CodePages.find(code.text())).as(code.text()).isPresent();
        }
    }

    @Test
    void everyRuleOfTheFileFormatHasAPageWithTheSameTitle() throws ReflectiveOperationException {
        Class<?> rules = Class.forName("io.tombolo.region.topology.file.Rule");
        Method code = accessible(rules.getDeclaredMethod("code"));
        Method title = accessible(rules.getDeclaredMethod("title"));

        for (Object rule : rules.getEnumConstants()) {
            String wanted = (String) code.invoke(rule);
            assertThat(CodePages.find(wanted).map(CodePages.Page::title))
                    .as(wanted)
                    .contains((String) title.invoke(rule));
        }
    }

    @Test
    void pagesAreOrderedAndNeverEmpty() {
        List<CodePages.Page> pages = CodePages.all();
        var codes = new ArrayList<String>(pages.stream().map(CodePages.Page::code).toList());

        assertThat(codes).isSorted().doesNotHaveDuplicates();
        assertThat(pages).allSatisfy(page -> assertThat(page.text()).hasSizeGreaterThan(20));
    }

    @Test
    void aCodeIsFoundInEveryFormThatPeopleType() {
        for (String typed : List.of("TMB-4012", "tmb-4012", "4012")) {
            CommandRun run = CommandRun.of(folder, "explain", typed);

            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).startsWith("TMB-4012  The old region still answers\n");
        }
    }

    @Test
    void anUnknownCodeIsAUsageError() {
        assertThat(CommandRun.of(folder, "explain", "TMB-0000").exitCode()).isEqualTo(2);
    }

    @Test
    void aPageIsDataWhenAskedFor() {
        String json = CommandRun.of(folder, "explain", "4012", "-o", "json").out();

        assertThat(TreeText.parse(json).orElseThrow().at("code").text()).isEqualTo("TMB-4012");
    }

    private static Method accessible(Method method) {
        method.setAccessible(true);
        return method;
    }
}
