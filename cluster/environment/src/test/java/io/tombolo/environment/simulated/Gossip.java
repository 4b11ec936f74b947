package io.tombolo.environment.simulated;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.DiskFile;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Frame;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Payload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * A small program that uses every seam: it sends random numbers to another host every few
 * milliseconds, writes down what it hears, forces that off the loop, and connects again whenever it
 * is cut off.
 */
final class Gossip implements ConnectionHandler {

    private static final int PORT = 7;
    private static final FrameLimits LIMITS =
            new FrameLimits(1000, 1_000_000_000L, 5_000_000_000L, 10_000);

    private final Environment environment;
    private final String peer;
    private final EventLoop loop;
    private final DiskFile heard;
    private int heardCount;

    private Gossip(Environment environment, String peer) {
        this.environment = environment;
        this.peer = peer;
        this.loop = environment.loops().ownerOf(environment.entropy().nextInt(1000));
        try {
            environment.disk().createDirectories(Path.of("/gossip"));
            this.heard = environment.disk().open(Path.of("/gossip/heard"));
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    static void start(Environment environment, String peer) {
        var gossip = new Gossip(environment, peer);
        environment
                .network()
                .listen(new Endpoint("0.0.0.0", PORT), LIMITS, connection -> gossip.new Ear());
        gossip.loop.execute(gossip::connect);
    }

    private void connect() {
        environment.network().connect(loop, new Endpoint(peer, PORT), LIMITS, this);
    }

    @Override
    public void opened(Connection connection) {
        talk(connection);
    }

    private void talk(Connection connection) {
        var content =
                ByteBuffer.allocate(16)
                        .putLong(environment.entropy().nextLong())
                        .putLong(environment.clock().wallTimeMs())
                        .flip();
        connection.send(List.of(new Payload.Memory(content)));
        loop.schedule(1_000_000L * (1 + environment.entropy().nextInt(20)), () -> talk(connection));
    }

    @Override
    public void received(Frame frame) {
        frame.release();
    }

    @Override
    public void closed(CloseReason reason) {
        loop.schedule(50_000_000, this::connect);
    }

    private void write(ByteBuffer bytes) {
        try {
            heard.append(bytes);
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
        heardCount++;
        if (heardCount % 10 == 0) {
            environment
                    .offload()
                    .submit(
                            1,
                            () -> {
                                heard.force();
                                environment.disk().forceDirectory(Path.of("/gossip"));
                                return true;
                            },
                            loop,
                            outcome -> {});
        }
    }

    private final class Ear implements ConnectionHandler {
        private Connection connection;

        @Override
        public void opened(Connection opened) {
            connection = opened;
        }

        @Override
        public void received(Frame frame) {
            write(frame.bytes().duplicate());
            var answer = ByteBuffer.allocate(8).putLong(frame.bytes().getLong(0)).flip();
            frame.release();
            connection.send(List.of(new Payload.Memory(answer)));
        }

        @Override
        public void closed(CloseReason reason) {}
    }
}
