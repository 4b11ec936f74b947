package io.tombolo.simulation.world;

import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.link.LinkDefinitions;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.region.LinkName;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;

/** Gives a region the link that a file has now, as applying it does: again until it is so. */
final class Redefinition {

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Simulator simulator;
    private final Site site;
    private final LinkCommand.DefineLink command;
    private boolean done;

    Redefinition(Simulator simulator, Site site, Topology file, LinkName name) {
        LinkEntry link = file.links().get(name);
        this.simulator = simulator;
        this.site = site;
        this.command =
                new LinkCommand.DefineLink(
                        LinkDefinitions.of(
                                file.name(),
                                name,
                                link.ends(),
                                link.settings(file.policiesOf(name))));
    }

    void begin() {
        if (!done) {
            site.running().ifPresent(this::ask);
            simulator.after(AGAIN, "the same link again", this::begin);
        }
    }

    private void ask(Machine machine) {
        machine.onLoop(() -> machine.core().ifPresent(this::ask));
    }

    private void ask(BrokerCore core) {
        core.submit(command, core.links().loop(), answer -> done |= !open(answer));
    }

    private static boolean open(Answer<?> answer) {
        return answer instanceof Answer.Refused<?> refused
                && refused.error() == Errors.NOT_CONTROLLER;
    }
}
