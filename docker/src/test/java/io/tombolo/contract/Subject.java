package io.tombolo.contract;

import io.tombolo.nodes.NodeProcess;
import io.tombolo.nodes.Nodes;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A running broker that statements are asked of; mutable, used by one test at a time. */
final class Subject {

    private static final AtomicInteger NAMES = new AtomicInteger();

    private final BrokerProgram program;
    private @Nullable Path folder;
    private int port;
    private @Nullable NodeProcess process;
    private boolean ready;

    Subject(BrokerProgram program) {
        this.program = program;
    }

    String id() {
        return program.id();
    }

    @Override
    public String toString() {
        return program.title();
    }

    /** Starts the process; {@link #connect} waits until it answers. */
    void launch() {
        try {
            folder = Files.createTempDirectory("twin-" + id());
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
        port = Nodes.freePort();
        program.prepare(folder, port);
        run();
    }

    /** Kills the broker without warning and starts it again on the same data and port. */
    void crash() {
        running().close();
        run();
    }

    void stop() {
        if (process != null) {
            process.close();
        }
        if (folder != null) {
            delete(folder);
        }
    }

    RawClient connect() {
        awaitReady();
        return RawClient.connect(port);
    }

    int port() {
        awaitReady();
        return port;
    }

    String bootstrap() {
        return "127.0.0.1:" + port();
    }

    /** A name that no test of this run has used. */
    static String freshName(String prefix) {
        return prefix + "-" + NAMES.incrementAndGet();
    }

    Topic newTopic() {
        return newTopic(1, Map.of());
    }

    Topic newTopic(Map<String, String> config) {
        return newTopic(1, config);
    }

    /** A topic of this many partitions, each with a leader that answers. */
    Topic newTopic(int partitions, Map<String, String> config) {
        try (var client = connect()) {
            return TopicCalls.create(client, freshName("topic"), partitions, config);
        }
    }

    private void run() {
        ready = false;
        Path home = java.util.Objects.requireNonNull(folder);
        process = NodeProcess.start(program.command(home), home.resolve("broker.out"));
    }

    /** Returns when the broker answers; fails when it has ended. */
    void awaitReady() {
        if (!ready) {
            Eventually.eventually(this + " answers", this::answers, answers -> answers);
            ready = true;
        }
    }

    private boolean answers() {
        if (!running().alive()) {
            throw new AssertionError(this + " ended: " + running().lastOutput());
        }
        try (var client = RawClient.connect(port)) {
            ApiVersionsResponseData answer = client.call(new ApiVersionsRequestData(), 0);
            return answer.errorCode() == 0 && TopicCalls.brokerCount(client) == 1;
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    private NodeProcess running() {
        return java.util.Objects.requireNonNull(process);
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException left) {
            throw new UncheckedIOException(left);
        }
    }
}
