package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.storage.directory.DirectoriesResult;
import io.tombolo.storage.directory.LogDirectories;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** One log in two directories, between which it moves. */
final class MovingLog {

    private static final List<Path> PATHS = List.of(Path.of("/data/one"), Path.of("/data/two"));

    private final LogWorld world;
    private final LogName name;
    private final LogMove.Rules rules;
    private final Consumer<String> tell;
    private @Nullable LogDirectories directories;
    int movedCount;
    int resumedCount;
    int foundTwiceCount;

    MovingLog(LogWorld world, LogName name, LogMove.Rules rules, Consumer<String> tell) {
        this.world = world;
        this.name = name;
        this.rules = rules;
        this.tell = tell;
    }

    /** Where a first log is to be. */
    LogDirectory open() {
        directories = world.openAll(PATHS).directories();
        return directories.forNewLog().orElseThrow();
    }

    /**
     * Opens again, and goes on with a move that was under way. A log that never had durable records
     * may be gone, or not know whose it is: then it is made anew.
     */
    Recovery reopen() {
        DirectoriesResult.Opened opened = world.openAll(PATHS);
        LogDirectories all = opened.directories();
        directories = all;
        assertThat(all.unopened()).as("alive: directories").isEmpty();
        foundTwiceCount += opened.remarks().isEmpty() ? 0 : 1;
        opened.remarks().forEach(tell);
        long places = all.all().stream().filter(it -> it.log(name).isPresent()).count();
        assertThat(places).as("one place").isLessThanOrEqualTo(1);
        if (all.find(name, topicId()).isEmpty()) {
            all.strangers(name, topicId()).forEach(it -> world.delete(it.directory(), name));
            world.create(all.forNewLog().orElseThrow(), name.topic());
        }
        PartitionLog log = all.find(name, topicId()).orElseThrow().log();
        all.future(name)
                .ifPresent(copy -> {
                    resumedCount++;
                    begin(copy.directory());
                });
        return opened.logs().stream()
                .filter(it -> it.log() == log)
                .map(OpenResult.OpenedLog::recovery)
                .findFirst()
                .orElseGet(() -> LogWorld.madeAnew(name));
    }

    private UUID topicId() {
        return new UUID(1, name.topic().hashCode());
    }

    private LogDirectories all() {
        return Optional.ofNullable(directories).orElseThrow();
    }

    LogDirectory place() {
        return all().find(name, topicId()).orElseThrow().directory();
    }

    /** To the other directory, unless it is on its way. */
    void move() {
        LogDirectory from = place();
        LogDirectory to = all().all().stream().filter(it -> it != from).findFirst().orElseThrow();
        LogDirectories then = all();
        if (all().future(name).isEmpty() && from.log(name).orElseThrow().move().isEmpty()) {
            to.createFuture(
                    name,
                    Optional.of(topicId()),
                    world.placement(),
                    result -> {
                        if (then == directories && result instanceof CreateResult.Created) {
                            begin(to);
                        }
                    });
        }
    }

    private void begin(LogDirectory to) {
        var ending = new AtomicReference<LogMove.Ending>();
        place().move(
                        name,
                        to,
                        new LogMove.Order(
                                how -> {
                                    tell.accept("the move ended: " + how);
                                    ending.set(how);
                                    ended(to, how);
                                },
                                rules,
                                LogMove.Pace.UNLIMITED));
    }

    private void ended(LogDirectory to, LogMove.Ending how) {
        if (how instanceof LogMove.Ending.Moved) {
            movedCount++;
        } else if (how instanceof LogMove.Ending.Failed) {
            to.deleteFuture(name, world.loop, _ -> {});
        }
    }

    void checkpoint() {
        all().checkpoint(world.loop, _ -> {});
        world.drain();
    }

    boolean close() {
        LogDirectories closing = all();
        directories = null;
        var answer = new AtomicReference<Boolean>();
        closing.close(41, world.loop, answer::set);
        world.drain();
        return answer.get();
    }
}
