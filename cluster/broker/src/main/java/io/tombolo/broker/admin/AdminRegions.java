package io.tombolo.broker.admin;

import io.tombolo.environment.Endpoint;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.DocumentCodec;
import io.tombolo.registry.bridge.OtherRegions;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Asks other regions over their admin interfaces, one broker after the other until one tells.
 *
 * @param brokers of each region
 */
public record AdminRegions(Map<RegionId, List<Endpoint>> brokers) implements OtherRegions {

    private static final AdminReader READER = new AdminReader(1_000, DocumentCodec.CHARACTERS_MAX);

    public AdminRegions {
        brokers = Map.copyOf(brokers);
    }

    @Override
    public void ask(RegionId region, EventLoop replyTo, Consumer<Outcome<String>> done) {
        Thread.ofVirtual()
                .name("region-" + region)
                .start(() -> {
                    Outcome<String> outcome = ask(brokers.getOrDefault(region, List.of()));
                    replyTo.execute(() -> done.accept(outcome));
                });
    }

    private static Outcome<String> ask(List<Endpoint> addresses) {
        var silence = new ArrayList<String>();
        for (Endpoint admin : addresses) {
            try {
                return new Outcome.Done<>(READER.read(admin, HttpRegistry.PATH));
            } catch (IOException reason) {
                silence.add(admin + ": " + reason.getMessage());
            }
        }
        return new Outcome.Failed<>(new IOException(String.join("; ", silence)));
    }
}
