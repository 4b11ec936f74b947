import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/**
 * A TCP relay on the loopback that adds a round trip: {@code Wan ROUND_TRIP_MS WINDOW_KIB
 * LISTEN:TARGET}. Each direction holds a chunk back for half the round trip; at most the window is
 * under way per connection and direction, as on a long link.
 */
public final class Wan {
    private final long oneWayNanos;
    private final int windowBytes;

    private Wan(double roundTripMs, int windowKib) {
        this.oneWayNanos = (long) (roundTripMs / 2 * 1e6);
        this.windowBytes = windowKib * 1024;
    }

    public static void main(String[] arguments) throws IOException {
        var wan = new Wan(Double.parseDouble(arguments[0]), Integer.parseInt(arguments[1]));
        String[] ports = arguments[2].split(":");
        var server =
                new ServerSocket(Integer.parseInt(ports[0]), 200, InetAddress.getLoopbackAddress());
        System.out.println("ready");
        while (true) {
            Socket client = server.accept();
            Thread.ofVirtual().start(() -> wan.connect(client, Integer.parseInt(ports[1])));
        }
    }

    private void connect(Socket client, int targetPort) {
        try {
            Thread.sleep(Duration.ofNanos(2 * oneWayNanos));
            var target = new Socket(InetAddress.getLoopbackAddress(), targetPort);
            client.setTcpNoDelay(true);
            target.setTcpNoDelay(true);
            relay(client, target);
            relay(target, client);
        } catch (IOException | InterruptedException unreachable) {
            close(client);
        }
    }

    private void relay(Socket from, Socket to) {
        var underWay = new LinkedBlockingQueue<Chunk>();
        var room = new Semaphore(windowBytes);
        Thread.ofVirtual().start(() -> read(from, underWay, room));
        Thread.ofVirtual().start(() -> deliver(from, to, underWay, room));
    }

    private void read(Socket from, BlockingQueue<Chunk> underWay, Semaphore room) {
        byte[] buffer = new byte[65_536];
        try (InputStream in = from.getInputStream()) {
            for (int count; (count = in.read(buffer)) > 0; ) {
                room.acquire(count);
                underWay.add(new Chunk(due(), Arrays.copyOf(buffer, count)));
            }
        } catch (IOException | InterruptedException closed) {
            // the last chunk tells the other side
        }
        underWay.add(new Chunk(due(), new byte[0]));
    }

    private static void deliver(
            Socket from, Socket to, BlockingQueue<Chunk> underWay, Semaphore room) {
        try (OutputStream out = to.getOutputStream()) {
            for (Chunk chunk; (chunk = underWay.take()).bytes.length > 0; ) {
                Thread.sleep(Duration.ofNanos(Math.max(0, chunk.dueNanos - System.nanoTime())));
                out.write(chunk.bytes);
                room.release(chunk.bytes.length);
            }
        } catch (IOException | InterruptedException closed) {
            // closing the source below ends the reader as well
        }
        close(from);
        room.release(1 << 30);
    }

    private long due() {
        return System.nanoTime() + oneWayNanos;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // nothing left to do
        }
    }

    /** Bytes that may be delivered from a moment on; none means the end of the stream. */
    private record Chunk(long dueNanos, byte[] bytes) {}
}
