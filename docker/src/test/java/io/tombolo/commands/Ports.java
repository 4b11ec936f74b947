package io.tombolo.commands;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** Ports for regions of several brokers, whose addresses follow each other. */
final class Ports {

    /** Below the ports that systems give to outgoing connections, and above those of demos. */
    private static final int FIRST = 30_000;

    private static final int COUNT = 2_700;
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 30 % COUNT));

    private Ports() {}

    /** The first of three that are free, one after the other. */
    static int threeFree() throws IOException {
        for (int tried = 0; tried < COUNT; tried++) {
            int first = FIRST + NEXT.getAndAdd(3) % COUNT;
            if (isFree(first) && isFree(first + 1) && isFree(first + 2)) {
                return first;
            }
        }
        throw new IOException("no free ports from " + FIRST);
    }

    private static boolean isFree(int port) {
        try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
