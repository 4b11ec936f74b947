package io.tombolo.cli.plan;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.plan.Declared;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * What is kept between commands, in {@code .tombolo/plans} of the working directory: plans, and
 * what each file is responsible for.
 */
final class PlanStore {

    private final Path folder;
    private final String file;

    PlanStore(Shell shell, LoadedFile file) {
        this(shell.directory().resolve(".tombolo").resolve("plans"), file.topology().name());
    }

    /**
     * @param name of the whole that the file describes; each has its own responsibility
     */
    PlanStore(Path folder, String name) {
        this.folder = folder;
        // A name may have any character, and is no path.
        this.file = URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    void save(SavedPlan plan) {
        write(plan.id() + ".json", plan.tree());
    }

    /**
     * @throws CommandFailure when there is none of that name
     */
    SavedPlan load(String id) {
        if (!id.matches("p-[0-9a-f]{1,64}(\\.undo)?")) {
            throw unknown(id);
        }
        return SavedPlan.of(read(id + ".json", id));
    }

    /** What the file was responsible for when it was applied last. */
    Declared declared() {
        Path kept = folder.resolve(file + ".declared.json");
        return Files.exists(kept)
                ? SavedPlan.declaredOf(read(file + ".declared.json", file))
                : Declared.NOTHING;
    }

    void keep(Declared declared) {
        write(file + ".declared.json", SavedPlan.treeOf(declared));
    }

    private Tree read(String name, String id) {
        try {
            return TreeText.parse(Files.readString(folder.resolve(name)))
                    .orElseThrow(() -> unknown(id));
        } catch (NoSuchFileException missing) {
            throw unknown(id);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private CommandFailure unknown(String id) {
        return CommandFailure.of(Code.UNKNOWN_PLAN, "there is no plan " + id)
                .at(folder.toString())
                .fix("tombolo plan        makes one")
                .failure();
    }

    /** Whole or not at all: a command may be stopped at any moment. */
    private void write(String name, Tree tree) {
        try {
            Files.createDirectories(folder);
            Path draft = Files.createTempFile(folder, name, ".new");
            Files.writeString(draft, TreeText.json(tree));
            Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }
}
