package io.tombolo.environment.simulated;

import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Network;

import java.util.function.Function;

/** The network as one process sees it. */
final class ProcessNetwork implements Network {

    private final SimulatedNetwork fabric;
    private final SimulatedProcess process;

    ProcessNetwork(SimulatedNetwork fabric, SimulatedProcess process) {
        this.fabric = fabric;
        this.process = process;
    }

    @Override
    public Listener listen(
            Endpoint bind, FrameLimits limits, Function<Connection, ConnectionHandler> acceptor) {
        return fabric.listen(process, bind, limits, acceptor);
    }

    @Override
    public void connect(
            EventLoop loop, Endpoint remote, FrameLimits limits, ConnectionHandler handler) {
        fabric.connect(process, (SimulatedLoop) loop, remote, limits, handler);
    }
}
