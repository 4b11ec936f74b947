package io.tombolo.environment;

import java.time.Duration;
import java.util.function.Function;

/**
 * A network as it would be across a wide area: whatever travels over a connection opened here takes
 * a given time more in each direction, in unchanged order and without limiting how much is under
 * way. Connections accepted here are left alone, since the other side delays them. For
 * demonstrations and tests on one machine.
 */
public final class WanNetwork implements Network {

    private final Network network;
    private final Clock clock;
    private final long oneWayNanos;

    /**
     * @param network what really carries the frames
     * @param oneWay the time added in each direction, not negative; opening takes twice as long
     */
    public WanNetwork(Network network, Clock clock, Duration oneWay) {
        if (oneWay.isNegative()) {
            throw new IllegalArgumentException("a latency of " + oneWay);
        }
        this.network = network;
        this.clock = clock;
        this.oneWayNanos = oneWay.toNanos();
    }

    @Override
    public Listener listen(
            Endpoint bind, FrameLimits limits, Function<Connection, ConnectionHandler> acceptor) {
        return network.listen(bind, limits, acceptor);
    }

    @Override
    public void connect(
            EventLoop loop, Endpoint remote, FrameLimits limits, ConnectionHandler handler) {
        network.connect(loop, remote, limits, new WanConnection(loop, clock, oneWayNanos, handler));
    }
}
