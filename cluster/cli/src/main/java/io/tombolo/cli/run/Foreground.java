package io.tombolo.cli.run;

import io.tombolo.broker.BrokerServer;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.NodeSettings;
import io.tombolo.broker.StartRefused;
import io.tombolo.broker.controller.ControllerServer;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Logging;
import io.tombolo.cli.shell.Release;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.config.ConfigCatalogue;
import io.tombolo.region.diagnosis.Violation;
import io.tombolo.region.diagnosis.ViolationText;
import io.tombolo.region.diagnosis.ViolationText.Severity;
import io.tombolo.region.topology.Region;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Brokers and controllers that run in this process until a signal, or until one of them cannot go
 * on.
 */
final class Foreground {

    /** For brokers beside one that does not start: they may lack the quorum to hand over. */
    private static final Duration UNSTARTED_GRACE = Duration.ofSeconds(3);

    private final Shell shell;
    private final LoadedFile file;
    private final CompletableFuture<String> failure = new CompletableFuture<>();
    private final Deque<Occupant> running = new ConcurrentLinkedDeque<>();
    private final Ending ending;
    private Duration grace;

    /**
     * When and how they stop.
     *
     * @param grace how long an orderly stop of each may take
     * @param withInput at the end of standard input as at a signal
     */
    record Ending(Duration grace, boolean withInput) {}

    Foreground(Shell shell, LoadedFile file, Ending ending) {
        this.shell = shell;
        this.file = file;
        this.ending = ending;
        this.grace = ending.grace();
    }

    /** Starts them and blocks; the exit code is 0 after an orderly stop. */
    int run(List<Seat> seats, Duration wanOneWay) {
        refuseWhatIsMissing();
        Logging.ofBroker(shell.options().verbose());
        tellWhatHasNoEffect(seats);
        var signals = StopSignals.install(this::tellWhatIsLeft);
        if (ending.withInput()) {
            signals.receiveEndOf(shell.lines());
        }
        try {
            var options = new BrokerServer.Options(wanOneWay).among(seats.size());
            if (startAll(seats, options, signals)) {
                announce(seats);
                String reason = signals.awaitOr(failure);
                if (!reason.isEmpty()) {
                    throw CommandFailure.of(Code.BROKER_FAILED, "a broker cannot go on")
                            .at(file.name())
                            .seen(reason)
                            .fix("look at its disk and its log, then start it again")
                            .failure();
                }
            }
            shell.note("stopping");
        } finally {
            while (!running.isEmpty()) {
                running.getLast().stop(grace);
                running.removeLast();
            }
        }
        shell.note("stopped");
        return ExitCode.OK.number();
    }

    private void tellWhatIsLeft() {
        shell.note("a second signal: ending at once");
        running.stream()
                .map(Occupant::notHandedOver)
                .filter(left -> !left.isEmpty())
                .forEach(shell::warn);
    }

    private void refuseWhatIsMissing() {
        file.requireRunnable();
        file.valid().warnings().forEach(warning -> shell.err().println(text(warning)));
        file.valid().reservations().forEach(reservation -> shell.err().println(text(reservation)));
    }

    private static String text(Violation violation) {
        return ViolationText.render(Severity.WARNING, violation);
    }

    private void tellWhatHasNoEffect(List<Seat> seats) {
        Set<Region.Hosted> regions = new LinkedHashSet<>();
        seats.forEach(seat -> regions.add(seat.region()));
        for (Region.Hosted region : regions) {
            List<String> idle = ConfigCatalogue.BROKER.withoutEffect(region.config().keySet());
            if (!idle.isEmpty()) {
                shell.warn(
                        "region %s: accepted and without effect in this release: %s"
                                .formatted(region.id(), String.join(", ", idle)));
            }
        }
    }

    /** Whether all have started, and no signal came first. */
    private boolean startAll(List<Seat> seats, BrokerServer.Options options, StopSignals signals) {
        var starts = new Starts();
        seats.forEach(seat -> starts.begin(seat.name(), () -> start(seat, options)));
        boolean all = starts.await(signals);
        starts.occupants().forEach(running::add);
        starts.refusal()
                .ifPresent(refusal -> {
                    grace = grace.compareTo(UNSTARTED_GRACE) < 0 ? grace : UNSTARTED_GRACE;
                    throw refusal;
                });
        return all;
    }

    private Occupant start(Seat seat, BrokerServer.Options options) {
        List<Path> folders =
                seat.region().dataDirectories(seat.node()).stream()
                        .map(folder -> shell.directory().resolve(folder))
                        .toList();
        Path metadata = shell.directory().resolve(seat.region().metadataDirectory(seat.node()));
        try {
            Occupant occupant =
                    switch (seat.node()) {
                        case Region.Broker broker ->
                                new Occupant.OfBroker(
                                        BrokerServer.start(
                                                new BrokerSettings(
                                                        file.topology(),
                                                        seat.region(),
                                                        broker,
                                                        folders,
                                                        metadata),
                                                options));
                        case Region.Controller controller ->
                                new Occupant.OfController(
                                        ControllerServer.start(
                                                new NodeSettings.Controller(
                                                        file.topology(),
                                                        seat.region(),
                                                        controller,
                                                        metadata),
                                                options.disk(),
                                                options.brokersInProcess()));
                    };
            Thread.ofVirtual().name("watch " + seat.name()).start(() -> watch(seat, occupant));
            return occupant;
        } catch (StartRefused refused) {
            Code code = refused.isForSafety() ? Code.START_UNSAFE : Code.START_REFUSED;
            throw CommandFailure.of(code, seat.title() + " does not start")
                    .at(file.where("regions." + seat.region().id()))
                    .seen(String.valueOf(refused.getMessage()))
                    .fix(refused.fix())
                    .because(refused)
                    .failure();
        }
    }

    private void watch(Seat seat, Occupant occupant) {
        try {
            failure.complete(seat.name() + ": " + occupant.awaitFailure());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void announce(List<Seat> seats) {
        long tookMs = sinceProcessStartMs();
        int index = 0;
        for (Occupant occupant : running) {
            Seat seat = seats.get(index++);
            if (shell.forProgram()) {
                shell.out().print(TreeText.jsonLine(readiness(seat, occupant, tookMs)));
            } else {
                shell.out()
                        .printf(
                                "%s  ready   %s   admin http://%s   %s id %s   tombolo %s   %s%n",
                                seat.name(),
                                listener(seat.node()),
                                occupant.admin(),
                                seat.node() instanceof Region.Broker ? "broker" : "node",
                                seat.node().nodeId(),
                                Release.version(),
                                Amounts.ms(tookMs));
            }
        }
        shell.out().flush();
    }

    private static String listener(Region.Node node) {
        return switch (node) {
            case Region.Broker broker -> "kafka " + broker.kafka();
            case Region.Controller controller -> "internal " + controller.internal();
        };
    }

    private static long sinceProcessStartMs() {
        Instant now = Instant.now();
        Instant start = ProcessHandle.current().info().startInstant().orElse(now);
        return Duration.between(start, now).toMillis();
    }

    private static Tree readiness(Seat seat, Occupant occupant, long tookMs) {
        Tree.Fields fields =
                Tree.fields()
                        .with("ready", true)
                        .with("region", seat.region().id())
                        .with("id", seat.node().number());
        Tree.Fields own =
                switch (seat.node()) {
                    case Region.Broker broker ->
                            fields.with("brokerId", broker.id().value())
                                    .with("kafka", broker.kafka());
                    case Region.Controller controller ->
                            fields.with("nodeId", controller.nodeId())
                                    .with("internal", controller.internal());
                };
        return own.with("admin", occupant.admin())
                .with("version", Release.version())
                .with("startMs", tookMs);
    }
}
