package io.tombolo.nodes;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Ports of 127.0.0.1 that no other test run of this machine gives out, although it is a while until
 * somebody listens there, or is restarted and listens again. A port of TCP is claimed by holding
 * the one of UDP with the same number, which no broker uses and which is free when this process
 * ends.
 */
public final class FreePorts {

    /** Below those of demos, and below those that systems give to outgoing connections. */
    private static final int FIRST = 11_000;

    private static final int COUNT = 8_500;
    private static final List<DatagramSocket> CLAIMS = new ArrayList<>();

    /** Other test runs begin elsewhere, so that they seldom try what is claimed. */
    private static int next = Math.floorMod(ProcessHandle.current().pid() * 211, COUNT);

    private FreePorts() {}

    /** The first of some that follow each other; they are never given out again. */
    public static synchronized int claim(int count) {
        for (int tried = 0; tried < COUNT; tried += count) {
            int first = FIRST + next;
            next = (next + count) % (COUNT - count);
            if (claimed(first, count)) {
                return first;
            }
        }
        throw new IllegalStateException("no free ports from " + FIRST);
    }

    private static boolean claimed(int first, int count) {
        var claims = new ArrayList<DatagramSocket>();
        for (int port = first; port < first + count; port++) {
            Optional<DatagramSocket> claim = claimed(port);
            if (claim.isEmpty()) {
                claims.forEach(DatagramSocket::close);
                return false;
            }
            claims.add(claim.get());
        }
        CLAIMS.addAll(claims);
        return true;
    }

    private static Optional<DatagramSocket> claimed(int port) {
        try {
            var claim = new DatagramSocket(port, InetAddress.getLoopbackAddress());
            try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return Optional.of(claim);
            } catch (IOException taken) {
                claim.close();
                return Optional.empty();
            }
        } catch (SocketException claimedByOthers) {
            return Optional.empty();
        }
    }
}
