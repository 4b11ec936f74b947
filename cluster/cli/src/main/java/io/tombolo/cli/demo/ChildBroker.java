package io.tombolo.cli.demo;

import io.tombolo.cli.admin.AdminApi;
import io.tombolo.cli.admin.AdminUnreachable;
import io.tombolo.cli.process.BrokerProgram;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.environment.Endpoint;
import io.tombolo.region.topology.Region;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A broker in a process of its own: {@code tombolo broker} with this JVM and class path. It stops
 * when this process is gone, in whatever way, for its input ends then.
 */
final class ChildBroker implements AutoCloseable {

    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final Duration PROBE_MAX = Duration.ofSeconds(2);
    private static final int LINES_SHOWN = 8;

    private final String name;
    private final Path log;
    private final Process process;
    private final String clusterId;
    private final AdminApi admin;

    private ChildBroker(
            DemoSite site, String region, Region.Broker broker, Path log, Process process) {
        Endpoint admin = broker.admin();
        this.name = name(site, region, broker);
        this.clusterId = site.clusterId(region);
        this.log = log;
        this.process = process;
        this.admin = new AdminApi(List.of(admin), PROBE_MAX);
    }

    /** Starts a broker of a region. */
    static ChildBroker start(
            DemoSite site, String region, Region.Broker broker, Duration wanOneWay) {
        Path log = site.folder().resolve(name(site, region, broker) + ".log");
        try {
            Process process =
                    new ProcessBuilder(command(site, region, broker, wanOneWay))
                            .directory(site.folder().toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start();
            return new ChildBroker(site, region, broker, log, process);
        } catch (IOException unstartable) {
            throw new UncheckedIOException(unstartable);
        }
    }

    /** The only broker of a region goes by the region's name. */
    private static String name(DemoSite site, String region, Region.Broker broker) {
        return site.region(region).brokers().size() == 1 ? region : region + "-" + broker.number();
    }

    private static List<String> command(
            DemoSite site, String region, Region.Broker broker, Duration wanOneWay) {
        boolean several = site.region(region).brokers().size() > 1;
        var arguments =
                List.of(
                        "-f",
                        site.file().name(),
                        "--region",
                        region,
                        "--id",
                        Integer.toString(broker.number()),
                        "--wan",
                        wanOneWay.toMillis() + "ms",
                        BrokerProgram.UNTIL_INPUT_ENDS_OPTION);
        return BrokerProgram.direct(BrokerProgram.BROKER, several ? "96m" : "192m", arguments);
    }

    /** {@code eu}, or {@code eu-2} where there are several. */
    String name() {
        return name;
    }

    long processId() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Waits until the broker serves.
     *
     * @throws CommandFailure when it ends instead, or takes too long
     */
    void awaitReady() {
        Waiting.until(
                READY_MAX,
                () -> {
                    if (!process.isAlive()) {
                        throw failure("broker " + name + " ended while it started");
                    }
                    return ready();
                },
                () ->
                        failure(
                                "broker "
                                        + name
                                        + " is not ready after "
                                        + READY_MAX.toSeconds()
                                        + " s"));
    }

    private boolean ready() {
        try {
            if (!admin.get("/readyz").ok()) {
                return false;
            }
            String found = admin.get("/api/v1/status").body().at("clusterId").text();
            if (!found.equals(clusterId)) {
                throw failure("cluster %s answers under the address of %s".formatted(found, name));
            }
            return true;
        } catch (AdminUnreachable notYet) {
            return false;
        }
    }

    /** SIGKILL, without waiting for what it does. */
    void strike() {
        process.destroyForcibly();
    }

    /**
     * SIGKILL: nothing is flushed, closed or said good-bye to. Returns when the process is gone.
     */
    void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    private CommandFailure failure(String claim) {
        return CommandFailure.of(Code.DEMO_FAILED, claim)
                .at(log.toString())
                .seen(String.join(" / ", lastLines()))
                .fix("tombolo broker        shows the same in the foreground")
                .failure();
    }

    private List<String> lastLines() {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size());
        } catch (IOException unreadable) {
            return List.of("it printed nothing that can be read");
        }
    }

    private void awaitExit() {
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
