import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/**
 * A relay that adds a round trip: {@code Wan ROUND_TRIP_MS WINDOW_KIB LISTEN TARGET [LISTEN
 * TARGET]...}, each a {@code PORT} of the loopback, a {@code HOST:PORT} or {@code unix:FILE}. Each
 * direction holds a chunk back for half the round trip; at most the window is under way per
 * connection and direction, as on a long link.
 */
public final class Wan {
    private final long oneWayNanos;
    private final int windowBytes;

    private Wan(double roundTripMs, int windowKib) {
        this.oneWayNanos = (long) (roundTripMs / 2 * 1e6);
        this.windowBytes = windowKib * 1024;
    }

    public static void main(String[] arguments) throws Exception {
        var wan = new Wan(Double.parseDouble(arguments[0]), Integer.parseInt(arguments[1]));
        for (int index = 2; index < arguments.length; index += 2) {
            SocketAddress listen = address(arguments[index]);
            SocketAddress target = address(arguments[index + 1]);
            ServerSocketChannel server =
                    listen instanceof UnixDomainSocketAddress
                            ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                            : ServerSocketChannel.open();
            server.bind(listen, 200);
            Thread.ofPlatform().start(() -> wan.serve(server, target));
        }
        System.out.println("ready");
    }

    private static SocketAddress address(String text) {
        if (text.startsWith("unix:")) {
            return UnixDomainSocketAddress.of(text.substring("unix:".length()));
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "127.0.0.1" : text.substring(0, colon);
        return new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
    }

    private void serve(ServerSocketChannel server, SocketAddress target) {
        try {
            while (true) {
                SocketChannel client = server.accept();
                Thread.ofVirtual().start(() -> connect(client, target));
            }
        } catch (IOException ended) {
            throw new IllegalStateException(ended);
        }
    }

    private void connect(SocketChannel client, SocketAddress address) {
        try {
            Thread.sleep(Duration.ofNanos(2 * oneWayNanos));
            var target = SocketChannel.open(address);
            for (SocketChannel end : new SocketChannel[] {client, target}) {
                if (end.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
                    end.setOption(StandardSocketOptions.TCP_NODELAY, true);
                }
            }
            relay(client, target);
            relay(target, client);
        } catch (IOException | InterruptedException unreachable) {
            close(client);
        }
    }

    private void relay(SocketChannel from, SocketChannel to) {
        var underWay = new LinkedBlockingQueue<Chunk>();
        var room = new Semaphore(windowBytes);
        Thread.ofVirtual().start(() -> read(from, underWay, room));
        Thread.ofVirtual().start(() -> deliver(from, to, underWay, room));
    }

    private void read(SocketChannel from, BlockingQueue<Chunk> underWay, Semaphore room) {
        var buffer = ByteBuffer.allocate(65_536);
        try {
            for (int count; (count = from.read(buffer.clear())) > 0; ) {
                room.acquire(count);
                underWay.add(new Chunk(due(), Arrays.copyOf(buffer.array(), count)));
            }
        } catch (IOException | InterruptedException closed) {
            // the last chunk tells the other side
        }
        underWay.add(new Chunk(due(), new byte[0]));
    }

    private static void deliver(
            SocketChannel from, SocketChannel to, BlockingQueue<Chunk> underWay, Semaphore room) {
        try {
            for (Chunk chunk; (chunk = underWay.take()).bytes.length > 0; ) {
                Thread.sleep(Duration.ofNanos(Math.max(0, chunk.dueNanos - System.nanoTime())));
                for (var out = ByteBuffer.wrap(chunk.bytes); out.hasRemaining(); ) {
                    to.write(out);
                }
                room.release(chunk.bytes.length);
            }
        } catch (IOException | InterruptedException closed) {
            // closing both below ends the reader as well
        }
        close(to);
        close(from);
        room.release(1 << 30);
    }

    private long due() {
        return System.nanoTime() + oneWayNanos;
    }

    private static void close(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // nothing left to do
        }
    }

    /** Bytes that may be delivered from a moment on; none means the end of the stream. */
    private record Chunk(long dueNanos, byte[] bytes) {}
}
