package io.tombolo.broker.lease;

import io.tombolo.region.RegionId;

import java.util.Optional;
import java.util.function.Consumer;

/** Carries questions to the brokers with the voters of other sites. */
@FunctionalInterface
public interface SitePost {

    /** Reaches nobody. */
    SitePost NOWHERE = (_, _, answered) -> answered.accept(Optional.empty());

    /**
     * Asks one site. Must not block.
     *
     * @param answered called once, on any thread, with nothing when no answer came in time
     */
    void ask(RegionId site, byte[] question, Consumer<Optional<byte[]>> answered);
}
