package io.tombolo.cli.plan;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.plan.Declared;
import io.tombolo.region.plan.Plan;
import io.tombolo.region.plan.Planner;

import java.util.Set;

/**
 * The file of a command, compared with the world.
 *
 * @param before what the file was responsible for until now
 */
record Planning(LoadedFile file, PlanStore store, LiveWorld live, Declared before, Plan plan) {

    /**
     * @throws io.tombolo.cli.shell.CommandFailure when a region does not answer
     */
    static Planning of(Shell shell, Set<String> deletable) {
        LoadedFile file = LoadedFile.of(shell);
        file.requireRunnable();
        var store = new PlanStore(shell, file);
        LiveWorld live = LiveWorld.of(shell, file);
        live.regions().forEach(region -> region.warnings().forEach(shell::warn));
        Declared before = store.declared();
        return new Planning(
                file,
                store,
                live,
                before,
                new Preflight(shell, file, live.world())
                        .check(Planner.plan(file.topology(), before, live.world(), deletable)));
    }

    /** What the file takes responsibility for. */
    Declared declared() {
        return Declared.by(file.topology());
    }

    Tree.Fields tree() {
        return Tree.fields()
                .with("file", file.name())
                .with("fulfilled", plan.fulfilled())
                .with("changes", Tree.list(plan.changes(), ChangeTree::treeOf))
                .with("findings", Tree.list(plan.findings(), Planning::treeOf))
                .with(
                        "unmanagedTopics",
                        Tree.list(
                                plan.unmanaged().entrySet(),
                                one ->
                                        Tree.fields()
                                                .with("region", one.getKey())
                                                .with("count", one.getValue())))
                .with(
                        "ownership",
                        Tree.list(
                                plan.guarantees(),
                                one ->
                                        Tree.fields()
                                                .with("link", one.link())
                                                .with("guarantee", one.kind())
                                                .with("text", one.text())));
    }

    private static Tree treeOf(Plan.Finding finding) {
        return Tree.fields()
                .with("kind", finding.kind().name())
                .with("object", finding.object())
                .with("path", finding.path())
                .with("seen", finding.seen())
                .with("fix", finding.fix());
    }

    /** How {@code diff} and {@code plan} end. */
    int exitCode(boolean detailed) {
        return (detailed && !plan.fulfilled() ? ExitCode.CHANGES : ExitCode.OK).number();
    }
}
