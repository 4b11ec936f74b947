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
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The brokers that a command is about.
 *
 * @param members in file order, at least one
 */
record Fleet(LoadedFile file, List<Member> members) {

    /**
     * The brokers of the file, or those that the user chose.
     *
     * @throws CommandFailure when the file has no such region or broker
     */
    static Fleet of(Shell shell, Optional<String> region, OptionalInt number) {
        LoadedFile file = LoadedFile.of(shell);
        if (number.isPresent() && region.isEmpty()) {
            throw CommandFailure.of(Code.USAGE, "--id needs --region")
                    .at(file.name())
                    .why("every region has a broker " + number.getAsInt())
                    .fix("--region REGION --id " + number.getAsInt())
                    .failure();
        }
        var members = new ArrayList<Member>();
        for (Region.Hosted hosted : file.hostedOrAll(region)) {
            if (number.isPresent()) {
                members.add(member(shell, file, hosted, file.broker(hosted, number.getAsInt())));
            } else {
                hosted.brokers().forEach(one -> members.add(member(shell, file, hosted, one)));
            }
        }
        return new Fleet(file, List.copyOf(members));
    }

    private static Member member(
            Shell shell, LoadedFile file, Region.Hosted region, Region.Broker broker) {
        return Member.of(file.topology(), region, broker, shell.directory());
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
