package io.tombolo.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands before a member and lets connections through, save from hosts that it is told to cut. */
final class Relay implements AutoCloseable {

    private final ServerSocket listener;
    private final InetSocketAddress target;
    private final Set<String> cut = ConcurrentHashMap.newKeySet();
    private final Map<Socket, String> open = new ConcurrentHashMap<>();

    Relay(String host, int targetPort) throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getByName(host));
        target = new InetSocketAddress(host, targetPort);
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Connections from there end, and no more come through. */
    void cut(String host) {
        cut.add(host);
        open.forEach((socket, from) -> {
            if (from.equals(host)) {
                close(socket);
            }
        });
    }

    void heal() {
        cut.clear();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                String from = client.getInetAddress().getHostAddress();
                if (cut.contains(from)) {
                    close(client);
                } else {
                    relay(client, from);
                }
            } catch (IOException closed) {
                continue;
            }
        }
    }

    private void relay(Socket client, String from) {
        var server = new Socket();
        try {
            server.connect(target);
        } catch (IOException nobody) {
            close(client);
            close(server);
            return;
        }
        open.put(client, from);
        Thread.ofVirtual().start(() -> pump(client, server));
        Thread.ofVirtual().start(() -> pump(server, client));
        if (cut.contains(from)) {
            close(client);
        }
    }

    private void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException ended) {
            // One end is enough.
        }
        close(from);
        close(to);
        open.remove(from);
        open.remove(to);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open.keySet().forEach(Relay::close);
    }
}
