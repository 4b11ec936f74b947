package io.tombolo.simulation.world;

import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.link.FailoverPreview;
import io.tombolo.broker.link.FailoverReport;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.region.LinkName;
import io.tombolo.region.PolicyName;
import io.tombolo.region.link.FailoverOutcome;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.simulation.law.Broken;
import io.tombolo.simulation.law.Happening;
import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.law.Law;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pauses and resumes the link, and fails over, until it is done. */
final class Operator {

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Simulator simulator;
    private final Site destination;
    private final LinkName link;
    private final Happenings happenings;
    private final Runnable resumed;
    private final Runnable promoted;
    private Optional<Boolean> order = Optional.empty();

    /** Who has not answered yet: what it still tries must not be overtaken. */
    private Optional<BrokerCore> asked = Optional.empty();

    private boolean isPaused;
    private boolean wanted;
    private boolean done;
    private final Map<LinkPartition, Long> knownAtSource = new HashMap<>();

    Operator(
            Simulator simulator,
            Site destination,
            LinkName link,
            Happenings happenings,
            Runnable resumed,
            Runnable promoted) {
        this.simulator = simulator;
        this.destination = destination;
        this.link = link;
        this.happenings = happenings;
        this.resumed = resumed;
        this.promoted = promoted;
    }

    /** Says it again until it is so; nobody else does, because it may have been taken back. */
    void pause(boolean paused) {
        order = Optional.of(paused);
        obey();
    }

    private void obey() {
        if (order.isEmpty()) {
            return;
        }
        asked = asked.filter(this::lives);
        if (asked.isEmpty()) {
            destination
                    .running()
                    .ifPresent(machine -> machine.core().ifPresent(core -> give(machine, core)));
        }
        simulator.after(AGAIN, "the same order again", this::obey);
    }

    private boolean lives(BrokerCore core) {
        return destination.machines().stream()
                .anyMatch(machine -> machine.core().equals(Optional.of(core)));
    }

    private void give(Machine machine, BrokerCore core) {
        boolean paused = order.orElseThrow();
        LinkCommand<Applied> command =
                paused ? new LinkCommand.PauseLink(link) : new LinkCommand.ResumeLink(link);
        asked = Optional.of(core);
        core.submit(
                command,
                machine.node().environment().loops().loop(0),
                answer -> answered(paused, answer));
    }

    private void answered(boolean paused, Answer<Applied> answer) {
        asked = Optional.empty();
        boolean open =
                answer instanceof Answer.Refused<Applied> refused
                        && refused.error() == Errors.NOT_CONTROLLER;
        if (!open && order.equals(Optional.of(paused))) {
            order = Optional.empty();
        }
        if (answer instanceof Answer.Done<Applied>) {
            paused(paused);
        }
    }

    private void paused(boolean now) {
        if (now) {
            happenings.note(Happening.LINK_PAUSED);
        } else if (isPaused) {
            resumed.run();
        }
        isPaused = now;
    }

    /** Whether a failover was asked for. */
    boolean wanted() {
        return wanted;
    }

    /** Whether a failover was asked for and is not done yet. */
    boolean failingOver() {
        return wanted && !done;
    }

    /** Whether the destination has taken over. */
    boolean done() {
        return done;
    }

    /** Asks for a failover, again and again until it is done. */
    void failOver() {
        wanted = true;
        if (done) {
            return;
        }
        destination.running().ifPresent(machine -> machine.onLoop(this::tryFailOver));
        simulator.after(AGAIN, "fail over", this::failOver);
    }

    private void tryFailOver() {
        var core = destination.core();
        if (core.isEmpty() || done) {
            return;
        }
        core.get().links().find(link).map(Link::status).ifPresent(this::remember);
        var preview = core.get().failover().preview(new PolicyName(link.name()), List.of());
        if (preview.isPresent()) {
            core.get().failover().start(preview.get(), true, "the operator", this::reported);
        }
    }

    private void remember(LinkStatus status) {
        for (var topic : status.topics()) {
            for (var partition : topic.partitions()) {
                knownAtSource.merge(
                        partition.partition(),
                        partition.progress().sourceHighWatermark(),
                        Math::max);
            }
        }
    }

    private void reported(FailoverReport report) {
        switch (report) {
            case FailoverReport.Done(long _, var _, FailoverOutcome outcome) -> {
                check(outcome);
                finish();
            }
            case FailoverReport.Refused(FailoverPreview preview) when owned(preview) -> {
                happenings.note(Happening.FAILOVER_FINISHED_BY_A_RESTART);
                finish();
            }
            case FailoverReport.Refused _, FailoverReport.Interrupted _ ->
                    happenings.note(Happening.FAILOVER_REFUSED);
        }
    }

    /** A broker that restarts goes on with what it had begun, and nobody is told of the outcome. */
    private static boolean owned(FailoverPreview preview) {
        return preview.objections().stream().anyMatch(one -> one.code().equals("TMB-4010"));
    }

    private void finish() {
        if (!done) {
            done = true;
            happenings.note(Happening.FAILED_OVER);
            promoted.run();
        }
    }

    private void check(FailoverOutcome outcome) {
        if (!outcome.groups().isEmpty()) {
            happenings.note(Happening.GROUP_CLAMPED);
        }
        for (var partition : outcome.partitions()) {
            if (partition.lossBound() < 0) {
                continue; // its leader has not heard of the source: nobody knows, and it says so
            }
            long known = knownAtSource.getOrDefault(partition.partition(), -1L);
            Broken.unless(
                    partition.endOffset() + partition.lossBound() >= known,
                    Law.LOSS_BOUND,
                    "%s ends at %d, %d records are said to be missing, the source had %d",
                    partition.partition(),
                    partition.endOffset(),
                    partition.lossBound(),
                    known);
            if (partition.lossBound() > 0) {
                happenings.note(Happening.FAILED_OVER_WITH_LAG);
            }
        }
    }
}
