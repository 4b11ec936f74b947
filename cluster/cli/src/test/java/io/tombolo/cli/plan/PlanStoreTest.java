package io.tombolo.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.region.plan.Declared;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What is kept between commands. */
class PlanStoreTest {

    private static final Declared DECLARED =
            new Declared(
                    new TreeMap<>(Map.of("eu/a", new TreeSet<>(List.of("retention.ms")))),
                    new TreeSet<>());

    @TempDir private Path folder;

    @Test
    void aFileOfAnyNameKeepsItsResponsibilityInTheFolder() throws IOException {
        for (String name : List.of("shop", "../a/b", "..", "ü ö")) {
            var store = new PlanStore(folder.resolve("plans"), name);
            store.keep(DECLARED);

            assertThat(store.declared()).isEqualTo(DECLARED);
        }
        try (var files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile))
                    .hasSize(4)
                    .allMatch(one -> folder.resolve("plans").equals(one.getParent()));
        }
    }

    @Test
    void aFileThatWasNeverAppliedIsResponsibleForNothing() {
        assertThat(new PlanStore(folder, "shop").declared()).isEqualTo(Declared.NOTHING);
    }

    @Test
    void whatCannotBeKeptIsSaidWithItsReasonAndLeavesNoDraft() throws IOException {
        Path plans = folder.resolve("plans");
        Files.createDirectories(plans.resolve("shop.declared.json").resolve("in-the-way"));
        var store = new PlanStore(plans, "shop");

        assertThatThrownBy(() -> store.keep(DECLARED))
                .isInstanceOfSatisfying(CommandFailure.class, PlanStoreTest::saysWhatToDo);

        try (var left = Files.list(plans)) {
            assertThat(left).containsExactly(plans.resolve("shop.declared.json"));
        }
        Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> new PlanStore(folder.resolve("file"), "shop").keep(DECLARED))
                .isInstanceOfSatisfying(CommandFailure.class, PlanStoreTest::saysWhatToDo);
    }

    @Test
    void whatIsDamagedOrCannotBeReadIsNotTakenForNothing() throws IOException {
        var store = new PlanStore(folder, "shop");
        Path kept = folder.resolve("shop.declared.json");
        Files.writeString(kept, "{ \"topics\": ");

        assertThatThrownBy(store::declared)
                .isInstanceOfSatisfying(CommandFailure.class, PlanStoreTest::saysWhatToDo);

        Files.delete(kept);
        Files.createDirectory(kept);
        assertThatThrownBy(store::declared)
                .isInstanceOfSatisfying(CommandFailure.class, PlanStoreTest::saysWhatToDo);
    }

    private static void saysWhatToDo(CommandFailure failure) {
        assertThat(failure.violations().getFirst().code()).isEqualTo("TMB-2311");
        assertThat(failure.violations().getFirst().seen()).isNotBlank();
        assertThat(failure.violations().getFirst().fixes()).isNotEmpty();
    }

    @Test
    void aPlanIsFoundByItsNameAndNothingElseIs() {
        var store = new PlanStore(folder, "shop");
        SavedPlan plan = SavedPlan.of(List.of(), DECLARED, 5);
        store.save(plan);

        assertThat(store.load(plan.id())).isEqualTo(plan);
        for (String other : List.of("p-000000", "../" + plan.id(), "shop.declared", "p-")) {
            assertThatThrownBy(() -> store.load(other)).isInstanceOf(CommandFailure.class);
        }
    }
}
