package io.tombolo.cli.plan;

import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** Shows and keeps what {@code apply} would do. */
@Command(
        name = "plan",
        description = "Shows what apply would change, and keeps it as a plan for a day.",
        footer = {
            "",
            "Example:",
            "  tombolo plan",
            "  tombolo plan --allow-delete=topic:orders.old --detailed-exitcode"
        })
final class PlanCommand implements Callable<Integer> {

    private final Shell shell;

    @Option(
            names = "--allow-delete",
            paramLabel = "KIND:NAME",
            description = "An object that was removed from the file may be deleted; repeatable.")
    private List<String> deletable = new ArrayList<>();

    @Option(
            names = "--detailed-exitcode",
            description = "End with 3 when the regions are not what the file says.")
    private boolean detailed;

    PlanCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Planning planning = Planning.of(shell, Set.copyOf(deletable));
        SavedPlan saved =
                SavedPlan.of(
                        planning.plan().changes(), planning.declared(), System.currentTimeMillis());
        boolean kept = !saved.changes().isEmpty();
        SavedPlan undo = saved.undo(planning.before());
        if (kept) {
            planning.store().save(saved);
            planning.store().save(undo);
        }
        shell.print(
                kept
                        ? planning.tree()
                                .with("plan", saved.id())
                                .with("undo", undo.id())
                                .with("undoMissing", saved.finalCount())
                                .with("expiresAtMs", saved.expiresAtMs())
                        : planning.tree(),
                () -> PlanText.of(planning) + "\n" + end(planning, saved, undo));
        return planning.exitCode(detailed);
    }

    private static String end(Planning planning, SavedPlan saved, SavedPlan undo) {
        if (saved.changes().isEmpty()) {
            return "No plan: %s.\n".formatted(PlanText.sum(planning.plan()));
        }
        long missing = saved.finalCount();
        return "Plan %s: %s.   Undo plan kept as %s%s\nApply it with:  tombolo apply %s          (valid while nothing it touches changes; %d h)\n"
                .formatted(
                        saved.id(),
                        PlanText.sum(planning.plan()),
                        undo.id(),
                        missing == 0 ? "" : "; %d of its steps cannot be undone".formatted(missing),
                        saved.id(),
                        SavedPlan.VALID.toHours());
    }
}
