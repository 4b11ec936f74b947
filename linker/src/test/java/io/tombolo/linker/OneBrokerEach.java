package io.tombolo.linker;

import io.tombolo.environment.Endpoint;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.region.link.LinkSpec;

import java.util.List;

/** The smallest link: one source broker {@code eu1}, one broker {@code us}; not opened yet. */
final class OneBrokerEach {

    final ModelSource source = new ModelSource();
    final ModelRegion region;
    private final SimulatedNode us;

    OneBrokerEach(Simulator simulator) {
        source.brokerHosts.put(1, "eu1");
        simulator
                .addNode("eu1", 1)
                .start(environment -> new ModelSourceBroker(1, source, environment).listen());
        us = simulator.addNode("us", 1);
        us.start(_ -> {});
        region =
                new ModelRegion(
                        us.environment(),
                        List.of(new Endpoint("eu1", 9092)),
                        LinkSpec.Settings.standard(),
                        () -> 300_000,
                        () -> false);
    }

    void open() {
        inUs(() -> region.open(Safeguard.ALL));
    }

    /** Does something on the loop of the link. */
    void inUs(Runnable action) {
        us.environment().loops().loop(0).execute(action);
    }
}
