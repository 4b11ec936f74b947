package io.tombolo.registry.bridge;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.region.RegionId;

import java.util.function.Consumer;

/** Asks another region what it says of itself. Callable from any thread. */
public interface OtherRegions {

    /**
     * Asks, once; returns at once.
     *
     * @param done called once, on the loop: with the text of the region's document, or why there is
     *     none
     */
    void ask(RegionId region, EventLoop replyTo, Consumer<Outcome<String>> done);
}
