package io.tombolo.simulation.mutant;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.DelegatingConnection;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Frame;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Network;
import io.tombolo.environment.Payload;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A network whose connections let an answer pass the one before it, when two are to come. */
record OvertakingAnswers(Network sound) implements Network {

    @Override
    public Listener listen(
            Endpoint bind, FrameLimits limits, Function<Connection, ConnectionHandler> acceptor) {
        return sound.listen(
                bind,
                limits,
                connection -> {
                    var swapping = new Swapping(connection);
                    return new Counting(acceptor.apply(swapping), swapping);
                });
    }

    @Override
    public void connect(
            EventLoop loop, Endpoint remote, FrameLimits limits, ConnectionHandler handler) {
        sound.connect(loop, remote, limits, handler);
    }

    private record Counting(ConnectionHandler sound, Swapping connection)
            implements ConnectionHandler {

        @Override
        public void opened(Connection opened) {
            sound.opened(connection);
        }

        @Override
        public void received(Frame frame) {
            connection.unanswered++;
            sound.received(frame);
        }

        @Override
        public void closed(CloseReason reason) {
            connection.sendHeldBack();
            sound.closed(reason);
        }
    }

    private static final class Swapping extends DelegatingConnection {

        private final List<List<Payload>> heldBack = new ArrayList<>();
        private int unanswered;

        Swapping(Connection sound) {
            super(sound);
        }

        @Override
        public void send(List<Payload> frame) {
            unanswered--;
            if (unanswered > 0 && heldBack.isEmpty()) {
                heldBack.add(frame);
            } else {
                super.send(frame);
                sendHeldBack();
            }
        }

        private void sendHeldBack() {
            heldBack.forEach(super::send);
            heldBack.clear();
        }
    }
}
