package io.tombolo.environment.simulated;

import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Network;

import java.util.function.Function;

/** An open port of a simulated process. */
record SimulatedListener(
        SimulatedNetwork fabric,
        SimulatedProcess process,
        Endpoint address,
        FrameLimits limits,
        Function<Connection, ConnectionHandler> acceptor)
        implements Network.Listener {

    @Override
    public void close() {
        fabric.stopListening(this);
    }
}
