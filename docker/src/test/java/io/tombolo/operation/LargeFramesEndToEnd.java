package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** More bytes of requests at a time than a broker has memory for. */
class LargeFramesEndToEnd {

    private static final int FRAME_BYTES = 99_000_000;
    private static final short PRODUCE = 0;
    private static final short VERSION = 3;

    @TempDir Path folder;
    private final List<Socket> hostile = new ArrayList<>();
    private final AtomicInteger wholeCount = new AtomicInteger();
    private Site site;
    private ChildBroker broker;

    @BeforeEach
    void start() {
        site = Site.alone(folder);
        // The launcher's default.
        broker = ChildBroker.start(site, "eu", "broker", "256m").awaitReady();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : hostile) {
            socket.close();
        }
        broker.close();
    }

    @Test
    void requestsThatNeverEndLeaveTheBrokerAliveAndProducersServed() throws IOException {
        Clients clients = site.clients("eu");
        clients.create("orders", 1);
        clients.produce("orders", 0, "before");

        for (int number = 0; number < 4; number++) {
            sendAllButTheLastByte();
        }
        Patience.untilTrue(
                "a large frame has come but for its last byte, or the broker has ended",
                () -> wholeCount.get() > 0 || !broker.alive());
        clients.produce("orders", 0, "meanwhile");

        assertThat(broker.alive()).isTrue();
        assertThat(broker.output()).doesNotContain("OutOfMemoryError");
        assertThat(clients.read("orders", 0, 2)).containsExactly("before", "meanwhile");
    }

    /** A produce request as far as its client, and then anything; from a thread of its own. */
    private void sendAllButTheLastByte() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), site.portsOf("eu").kafka());
        hostile.add(socket);
        byte[] client = "large".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer head =
                ByteBuffer.allocate(4 + 2 + 2 + 4 + 2 + client.length)
                        .putInt(FRAME_BYTES)
                        .putShort(PRODUCE)
                        .putShort(VERSION)
                        .putInt(1)
                        .putShort((short) client.length)
                        .put(client);
        socket.getOutputStream().write(head.array());
        Thread.ofVirtual().start(() -> sendRest(socket, FRAME_BYTES + 4 - head.capacity() - 1));
    }

    private void sendRest(Socket socket, int bytes) {
        var filler = new byte[64 * 1024];
        try {
            for (int left = bytes; left > 0; left -= filler.length) {
                socket.getOutputStream().write(filler, 0, Math.min(left, filler.length));
            }
            wholeCount.incrementAndGet();
        } catch (IOException closed) {
            // The broker has had enough of it.
            return;
        }
    }
}
