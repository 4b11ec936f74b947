package io.tombolo.broker;

import io.tombolo.environment.Endpoint;

import java.time.Duration;

/** One broker on this machine's real network, disk and clock. */
public final class BrokerServer implements AutoCloseable {

    /**
     * @param wanOneWay latency that links into this region are given in each direction, for
     *     demonstrations; zero for none
     */
    public record Options(Duration wanOneWay) {

        /** No emulated latency. */
        public static final Options STANDARD = new Options(Duration.ZERO);
    }

    private BrokerServer() {}

    /**
     * Starts a broker; returns when it serves clients.
     *
     * @throws StartRefused when it cannot, with what to do about it; nothing is left running
     */
    public static BrokerServer start(BrokerSettings settings, Options options) throws StartRefused {
        throw new StartRefused("not yet", "wait");
    }

    /** Where clients connect. */
    public Endpoint kafka() {
        return new Endpoint("127.0.0.1", 0);
    }

    /** Where commands and the other regions connect. */
    public Endpoint admin() {
        return new Endpoint("127.0.0.1", 0);
    }

    /** Blocks until the broker cannot go on; returns why. Never returns in an orderly life. */
    public String awaitFailure() throws InterruptedException {
        return "";
    }

    /** Stops in an orderly way: no new requests, logs closed and marked clean. Repeatable. */
    @Override
    public void close() {}
}
