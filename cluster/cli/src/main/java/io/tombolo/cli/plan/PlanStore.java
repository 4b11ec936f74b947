package io.tombolo.cli.plan;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.plan.Declared;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
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

    /**
     * Held while a file is applied.
     *
     * @throws CommandFailure when another command holds it, or it cannot be made
     */
    ApplyLock lock() {
        String name = file + ".lock";
        try {
            return ApplyLock.take(folder.resolve(name));
        } catch (IOException unwritable) {
            throw unwritable(name, unwritable);
        }
    }

    void save(SavedPlan plan) {
        write(plan.id() + ".json", plan.tree());
    }

    /**
     * @throws CommandFailure when there is none of that name, or it cannot be read
     */
    SavedPlan load(String id) {
        if (!id.matches("p-[0-9a-f]{1,64}(\\.undo)?")) {
            throw unknown(id);
        }
        return SavedPlan.of(read(id + ".json", id));
    }

    /** What the file was responsible for when it was applied last. */
    Declared declared() {
        String kept = file + ".declared.json";
        return Files.exists(folder.resolve(kept))
                ? SavedPlan.declaredOf(read(kept, file))
                : Declared.NOTHING;
    }

    void keep(Declared declared) {
        write(file + ".declared.json", SavedPlan.treeOf(declared));
    }

    private Tree read(String name, String id) {
        Path kept = folder.resolve(name);
        try {
            return TreeText.parse(Files.readString(kept))
                    .orElseThrow(() ->
                            broken("%s is no JSON".formatted(kept))
                                    .fix(
                                            "put it back from a backup, or move it away: a plan"
                                                    + " is made anew, and what is not known to"
                                                    + " have been the file's stays as it is")
                                    .failure());
        } catch (NoSuchFileException missing) {
            throw unknown(id);
        } catch (IOException unreadable) {
            throw broken("%s cannot be read: %s".formatted(kept, reason(unreadable)))
                    .fix("let this user read it, or run the command where it can")
                    .because(unreadable)
                    .failure();
        }
    }

    private CommandFailure unknown(String id) {
        return CommandFailure.of(Code.UNKNOWN_PLAN, "there is no plan " + id)
                .at(folder.toString())
                .fix("tombolo plan        makes one")
                .failure();
    }

    private CommandFailure.Draft broken(String seen) {
        return CommandFailure.of(
                        Code.PLANS_UNUSABLE, "what is kept of plans cannot be used in this folder")
                .at(folder.toString())
                .seen(seen);
    }

    private static String reason(IOException failure) {
        return failure instanceof FileSystemException file && file.getReason() != null
                ? file.getReason()
                : failure.getClass().getSimpleName().replace("Exception", "");
    }

    /** Whole or not at all: a command may be stopped at any moment. */
    private void write(String name, Tree tree) {
        try {
            Files.createDirectories(folder);
            Path draft = Files.createTempFile(folder, name, ".new");
            try {
                Files.writeString(draft, TreeText.json(tree));
                Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException unwritable) {
            throw unwritable(name, unwritable);
        }
    }

    private CommandFailure unwritable(String name, IOException cause) {
        return broken("%s cannot be written: %s".formatted(name, reason(cause)))
                .fix("make room there and let this user write, or run the command elsewhere")
                .because(cause)
                .failure();
    }
}
