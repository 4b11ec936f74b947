package io.tombolo.cli.plan;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.plan.Change;
import io.tombolo.region.plan.Change.SetLink;
import io.tombolo.region.plan.Declared;
import io.tombolo.region.plan.World;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Carries a plan out, or goes on with one. */
@Command(
        name = "apply",
        description = "Makes the regions what the file says; goes on where it was interrupted.",
        footer = {
            "",
            "Example:",
            "  tombolo apply p-7f3a2c",
            "  tombolo apply --allow-delete=topic:orders.old"
        })
final class ApplyCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(
            paramLabel = "PLAN",
            arity = "0..1",
            description = "As tombolo plan named it; PLAN.undo takes it back.")
    private String id = "";

    @Option(
            names = "--allow-delete",
            paramLabel = "KIND:NAME",
            description = "Without a plan: an object that may be deleted; repeatable.")
    private List<String> deletable = new ArrayList<>();

    /** What became of one change. */
    private record Outcome(Change change, boolean done, String seen, long ms) {

        Tree tree() {
            return Tree.fields()
                    .with("change", ChangeTree.treeOf(change))
                    .with("alreadyDone", !done)
                    .with("seen", seen)
                    .with("ms", ms);
        }

        String text() {
            return "  ✓ %-28s %-32s %s\n"
                    .formatted(
                            PlanText.name(change), seen, done ? Amounts.ms(ms) : "was so already");
        }
    }

    ApplyCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        var store = new PlanStore(shell, file);
        try (ApplyLock _ = store.lock()) {
            return apply(file, store);
        }
    }

    private int apply(LoadedFile file, PlanStore store) {
        SavedPlan plan = id.isEmpty() ? planned() : store.load(id);
        if (plan.expired(System.currentTimeMillis())) {
            throw expired(plan);
        }
        World world = LiveWorld.of(shell, file).world();
        requireUnmoved(plan, world);
        Declared before = store.declared();
        // What is begun is the file's from now on, also when this command is stopped.
        store.keep(before.then(plan.declared(), world));
        List<Outcome> outcomes = carryOut(file, plan, world);
        store.keep(before.then(plan.declared(), LiveWorld.of(shell, file).world()));
        Tree tree =
                Tree.fields()
                        .with("plan", plan.id())
                        .with("steps", Tree.list(outcomes, Outcome::tree));
        shell.print(tree, () -> "Done: %s.\n".formatted(Amounts.of(outcomes.size(), "step")));
        return ExitCode.OK.number();
    }

    /** A new plan, shown and confirmed. */
    private SavedPlan planned() {
        Planning planning = Planning.of(shell, Set.copyOf(deletable));
        if (!shell.options().quiet()) {
            shell.err().print(PlanText.of(planning) + "\n");
        }
        SavedPlan plan =
                SavedPlan.of(
                        planning.plan().changes(), planning.declared(), System.currentTimeMillis());
        if (!plan.changes().isEmpty()) {
            planning.store().save(plan);
            planning.store().save(plan.undo(planning.before()));
            shell.note("%s: %s".formatted(plan.id(), PlanText.sum(planning.plan())));
            shell.confirm("apply", plan.id());
        }
        return plan;
    }

    private List<Outcome> carryOut(LoadedFile file, SavedPlan plan, World world) {
        var outcomes = new ArrayList<Outcome>();
        var progress = new ApplyProgress(plan.changes().size(), System.nanoTime());
        for (Change change : plan.changes()) {
            Outcome outcome;
            try {
                outcome = carryOut(file, change, world);
            } catch (CommandFailure failure) {
                shell.warn(
                        "%d of %d steps are done; go on with: tombolo apply %s"
                                .formatted(outcomes.size(), plan.changes().size(), plan.id()));
                throw failure;
            }
            outcomes.add(outcome);
            if (!shell.forProgram()) {
                shell.out().print(outcome.text());
                shell.out().flush();
            }
            progress.after(outcomes.size(), System.nanoTime()).ifPresent(shell::note);
        }
        return outcomes;
    }

    private Outcome carryOut(LoadedFile file, Change change, World world) {
        if (change.in(world).equals(Change.Standing.DONE)) {
            return new Outcome(change, false, PlanText.detail(change), 0);
        }
        long beganNanos = System.nanoTime();
        String seen =
                switch (change) {
                    case Change.OfTopic topic -> new TopicStep(shell, topic).carryOut();
                    case SetLink link -> new LinkStep(shell, file, link).carryOut();
                };
        long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
        return new Outcome(change, true, seen, ms);
    }

    /** Nothing is changed when a single step rests on what is not so any more. */
    private static void requireUnmoved(SavedPlan plan, World world) {
        for (Change change : plan.changes()) {
            if (change.in(world) instanceof Change.Standing.Moved(String seen)) {
                throw CommandFailure.of(
                                Code.PLAN_MOVED,
                                "the world has moved since %s was made".formatted(plan.id()))
                        .at(PlanText.name(change))
                        .seen(seen)
                        .why("the plan would change: " + PlanText.detail(change))
                        .fix("tombolo plan")
                        .failure();
            }
        }
    }

    private static CommandFailure expired(SavedPlan plan) {
        return CommandFailure.of(Code.PLAN_EXPIRED, plan.id() + " has expired")
                .at(plan.id())
                .seen("it could be carried out until " + Instant.ofEpochMilli(plan.expiresAtMs()))
                .fix("tombolo plan")
                .failure();
    }
}
