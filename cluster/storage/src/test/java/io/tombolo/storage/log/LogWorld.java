package io.tombolo.storage.log;

import io.tombolo.environment.Clock;
import io.tombolo.environment.Disk;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;
import io.tombolo.environment.simulated.SimulatedDisk;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.storage.directory.DirectoriesResult;
import io.tombolo.storage.directory.DirectoryPaths;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.partition.LogOpening;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/** One loop, blocking work and a clock, stepped by the test; on a simulated or a real disk. */
final class LogWorld implements Clock {

    static final Path DIRECTORY = Path.of("/data/one");
    static final DirectoryIdentity IDENTITY = new DirectoryIdentity("cluster-a", 7);

    final SimulatedEntropy entropy;
    final Disk disk;
    final Loop loop = new Loop();
    final Work work = new Work();
    Path directory = DIRECTORY;
    LogSettings settings = LogSettings.STANDARD;
    LogOpening.Caution caution = LogOpening.Caution.FULL;
    long nowMs = 1_000_000;

    LogWorld(long seed) {
        this.entropy = new SimulatedEntropy(seed);
        var simulated = new SimulatedDisk(entropy.fork("disk"));
        simulated.mount(Path.of("/data"));
        this.disk = simulated;
    }

    LogWorld(Disk disk, long seed) {
        this.entropy = new SimulatedEntropy(seed);
        this.disk = disk;
    }

    @Override
    public long nanoTime() {
        return nowMs * 1_000_000;
    }

    @Override
    public long wallTimeMs() {
        return nowMs;
    }

    LogEnvironment environment() {
        return new LogEnvironment(disk, work, this, entropy);
    }

    LogPlacement placement() {
        return new LogPlacement(settings, loop);
    }

    OpenResult open() {
        return open(IDENTITY);
    }

    OpenResult open(DirectoryIdentity identity) {
        var answer = new AtomicReference<OpenResult>();
        Function<LogName, LogPlacement> placement = name -> placement();
        new DirectoryOpening(directory, identity, environment(), caution)
                .open(placement, loop, answer::set);
        drain();
        return answer.get();
    }

    OpenResult.Opened opened() {
        OpenResult result = open();
        if (result instanceof OpenResult.Opened opened) {
            return opened;
        }
        throw new AssertionError(result);
    }

    /** Opens several directories as one. */
    DirectoriesResult.Opened openAll(List<Path> paths) {
        return openAll(DirectoryPaths.of(paths));
    }

    DirectoriesResult.Opened openAll(DirectoryPaths paths) {
        DirectoriesResult result = tryToOpen(paths);
        if (result instanceof DirectoriesResult.Opened opened) {
            return opened;
        }
        throw new AssertionError(result);
    }

    DirectoriesResult tryToOpen(DirectoryPaths paths) {
        var answer = new AtomicReference<DirectoriesResult>();
        LogDirectories.open(paths, IDENTITY, environment(), _ -> placement(), loop, answer::set);
        drain();
        return answer.get();
    }

    PartitionLog create(LogDirectory directory, String topic) {
        CreateResult result = tryToCreate(directory, topic);
        if (result instanceof CreateResult.Created(var log)) {
            return log;
        }
        throw new AssertionError(result);
    }

    /** One without a record, and with files as if it had had some. */
    PartitionLog createWithFiles(LogDirectory directory, String topic) {
        PartitionLog log = create(directory, topic);
        if (log.truncateFullyAndStartAt(0) instanceof ChangeResult.Changed) {
            return log;
        }
        throw new AssertionError(log.failure());
    }

    CreateResult tryToCreate(LogDirectory directory, String topic) {
        var answer = new AtomicReference<CreateResult>();
        directory.createLog(
                new LogName(topic, 0),
                Optional.of(new UUID(1, topic.hashCode())),
                placement(),
                answer::set);
        drain();
        return answer.get();
    }

    void delete(LogDirectory directory, LogName name) {
        directory.deleteLog(name, loop, _ -> {});
        drain();
    }

    /** What is found of a log that had to be made again. */
    static Recovery madeAnew(LogName name) {
        return new Recovery(name, false, 0, Optional.empty(), 0, List.of());
    }

    boolean checkpoint(LogDirectory directory) {
        var answer = new AtomicReference<Offload.Outcome<Boolean>>();
        directory.checkpoint(loop, answer::set);
        drain();
        return answer.get() instanceof Offload.Outcome.Done<Boolean>;
    }

    boolean close(LogDirectory directory) {
        var answer = new AtomicReference<Offload.Outcome<Boolean>>();
        directory.close(41, loop, answer::set);
        drain();
        return answer.get() instanceof Offload.Outcome.Done<Boolean>(var sound) && sound;
    }

    /** Runs everything that is due, blocking work included. */
    void drain() {
        while (loop.runOne() || work.runOne()) {}
    }

    /** Forgets what was under way, as the end of a process does. */
    void forget() {
        loop.tasks.clear();
        loop.timers.clear();
        work.tasks.clear();
    }

    /** Lets time pass and runs the timers that fall due. */
    void pass(long ms) {
        nowMs += ms;
        for (Loop.Task timer : List.copyOf(loop.timers)) {
            if (timer.dueNanos <= nanoTime()) {
                loop.timers.remove(timer);
                loop.tasks.add(timer.task);
            }
        }
        drain();
    }

    /** Tasks in order. */
    final class Loop implements EventLoop {

        final Deque<Runnable> tasks = new ArrayDeque<>();
        final List<Task> timers = new ArrayList<>();

        record Task(long dueNanos, Runnable task) {}

        boolean runOne() {
            Runnable task = tasks.poll();
            if (task != null) {
                task.run();
            }
            return task != null;
        }

        @Override
        public int index() {
            return 0;
        }

        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            if (delayNanos <= 0) {
                tasks.add(task);
                return () -> tasks.remove(task);
            }
            var timer = new Task(nanoTime() + delayNanos, task);
            timers.add(timer);
            return () -> timers.remove(timer);
        }
    }

    /** Blocking work, run when the test says so, lanes in an order drawn from the seed. */
    final class Work implements Offload {

        final Map<Integer, Deque<Runnable>> tasks = new HashMap<>();

        boolean runOne() {
            var lanes = tasks.keySet().stream().sorted().toList();
            if (lanes.isEmpty()) {
                return false;
            }
            int lane = lanes.get(entropy.nextInt(lanes.size()));
            Deque<Runnable> queue = tasks.get(lane);
            Runnable task = queue.poll();
            if (queue.isEmpty()) {
                tasks.remove(lane);
            }
            task.run();
            return true;
        }

        @Override
        public <T> void submit(
                int lane, Callable<T> work, EventLoop replyTo, Consumer<Outcome<T>> done) {
            tasks.computeIfAbsent(lane, key -> new ArrayDeque<>())
                    .add(() -> {
                        Outcome<T> outcome = outcomeOf(work);
                        replyTo.execute(() -> done.accept(outcome));
                    });
        }

        private static <T> Outcome<T> outcomeOf(Callable<T> work) {
            try {
                return new Outcome.Done<>(work.call());
            } catch (Exception failure) {
                return new Outcome.Failed<>(failure);
            }
        }
    }
}
