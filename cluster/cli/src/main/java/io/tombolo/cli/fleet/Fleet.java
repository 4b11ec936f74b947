package io.tombolo.cli.fleet;

import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Region;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The brokers and controllers that a command is about.
 *
 * @param members in file order, at least one
 */
record Fleet(LoadedFile file, List<Member> members) {

    /**
     * The brokers and controllers of the file, or those that the user chose.
     *
     * @param shortName {@code 2}, or {@code c2} for a controller
     * @throws CommandFailure when the file has no such region, broker or controller
     */
    static Fleet of(Shell shell, Optional<String> region, Optional<String> shortName) {
        LoadedFile file = LoadedFile.of(shell);
        if (shortName.isPresent() && region.isEmpty()) {
            throw CommandFailure.of(Code.USAGE, "--id needs --region")
                    .at(file.name())
                    .why("every region has a broker 1")
                    .fix("--region REGION --id " + shortName.get())
                    .failure();
        }
        var members = new ArrayList<Member>();
        for (Region.Hosted hosted : file.hostedOrAll(region)) {
            if (shortName.isPresent()) {
                members.add(member(shell, file, hosted, file.node(hosted, shortName.get())));
            } else {
                hosted.nodes().all().forEach(one -> members.add(member(shell, file, hosted, one)));
            }
        }
        return new Fleet(file, List.copyOf(members));
    }

    private static Member member(
            Shell shell, LoadedFile file, Region.Hosted region, Region.Node node) {
        return Member.of(file.topology(), region, node, shell.directory());
    }

    /** Where pid and log files are; one folder, unless regions keep their data apart. */
    Set<Path> runFolders() {
        return members.stream().map(Member::runFolder).collect(Collectors.toSet());
    }

    /** How each of them is, asked at the same time, in file order. */
    List<Condition> conditions() {
        return inParallel(members, Condition::of);
    }

    /** Does something slow for many at the same time; the results have the order of the things. */
    static <T, R> List<R> inParallel(List<T> things, Function<T, R> work) {
        var tasks = new ArrayList<FutureTask<R>>();
        for (T thing : things) {
            var task = new FutureTask<>(() -> work.apply(thing));
            Thread.ofVirtual().start(task);
            tasks.add(task);
        }
        return tasks.stream().map(Fleet::result).toList();
    }

    private static <R> R result(FutureTask<R> task) {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException(failed.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
