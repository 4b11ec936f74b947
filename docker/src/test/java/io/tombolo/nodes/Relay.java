package io.tombolo.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Passes on the connections that one node opens to another. What is sent in a direction that is
 * held waits, as bytes do that TCP sends again and again; thread-safe.
 */
public final class Relay implements AutoCloseable {

    private static final int CHUNK_BYTES = 1 << 14;
    private static final int BACKLOG = 64;
    private static final int CONNECT_MS_MAX = 5_000;

    private final ServerSocket listener;
    private final Direction forth;
    private final Direction back;
    private final InetSocketAddress target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private Relay(ServerSocket listener, InetSocketAddress target, int from, int to) {
        this.listener = listener;
        this.target = target;
        forth = new Direction(from, to);
        back = new Direction(to, from);
    }

    /** Listens at {@code near} for node {@code from} and connects to node {@code to}. */
    public static Relay open(int from, String near, int to, String far, int port) {
        try {
            var listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(near, port), BACKLOG);
            var relay = new Relay(listener, new InetSocketAddress(far, port), from, to);
            Thread.startVirtualThread(relay::accept);
            return relay;
        } catch (IOException taken) {
            throw new UncheckedIOException(near, taken);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = listener.accept();
                open.add(near);
                Thread.startVirtualThread(() -> connect(near));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket near) {
        var far = new Socket();
        open.add(far);
        try {
            forth.awaitFree();
            far.connect(target, CONNECT_MS_MAX);
            far.setTcpNoDelay(true);
            near.setTcpNoDelay(true);
            Thread.startVirtualThread(() -> pump(far, near, back));
            pump(near, far, forth);
        } catch (IOException refused) {
            close(near);
            close(far);
        }
    }

    private void pump(Socket source, Socket sink, Direction direction) {
        var chunk = new byte[CHUNK_BYTES];
        try {
            var in = source.getInputStream();
            var out = sink.getOutputStream();
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                direction.awaitFree();
                out.write(chunk, 0, count);
            }
            direction.awaitFree();
        } catch (IOException gone) {
            // the other side learns of it below
        }
        close(source);
        close(sink);
    }

    private void close(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // nothing to do
        }
    }

    public void hold(int from, int to) {
        forth.holdIf(from, to);
        back.holdIf(from, to);
    }

    public void release() {
        forth.release();
        back.release();
    }

    @Override
    public void close() {
        release();
        try {
            listener.close();
        } catch (IOException alreadyClosed) {
            // nothing to do
        }
        open.forEach(this::close);
    }

    /** One way of a relay. */
    private static final class Direction {

        private final int from;
        private final int to;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition freed = lock.newCondition();
        private boolean held;

        Direction(int from, int to) {
            this.from = from;
            this.to = to;
        }

        void holdIf(int wantedFrom, int wantedTo) {
            lock.lock();
            try {
                held |= from == wantedFrom && to == wantedTo;
            } finally {
                lock.unlock();
            }
        }

        void release() {
            lock.lock();
            try {
                held = false;
                freed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void awaitFree() {
            lock.lock();
            try {
                while (held) {
                    freed.awaitUninterruptibly();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
