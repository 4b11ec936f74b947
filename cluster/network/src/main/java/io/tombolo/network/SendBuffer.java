package io.tombolo.network;

import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;

/**
 * How much of an answer the kernel may hold for one connection. Left alone it grows to megabytes:
 * on a long path that is what keeps the path full, on a short one it costs a fast reader's broker
 * half as much CPU again. A buffer as small as Kafka's ({@code socket.send.buffer.bytes}) costs a
 * wake-up per refill with a reader that is slow. So a peer that is near gets a size between the
 * two, found by measuring both readers, and a distant one keeps the kernel's own sizing.
 */
final class SendBuffer {

    /** Below what an unchanged Linux grants ({@code net.core.wmem_max}, 208 KiB). */
    static final int NEAR_BYTES = 160 * 1024;

    /** Up to here the near size, which the kernel doubles, still carries 320 MB/s. */
    private static final long NEAR_MICROS_MAX = 1_000;

    private SendBuffer() {}

    /** Sizes the buffer of a connection that has just been accepted. */
    static void fit(SocketChannel accepted) {
        // The handshake has been timed by the kernel; without epoll there is no way to ask.
        if (accepted instanceof EpollSocketChannel epoll && isNear(epoll.tcpInfo().rtt())) {
            epoll.config().setSendBufferSize(NEAR_BYTES);
        }
    }

    static boolean isNear(long roundTripMicros) {
        return roundTripMicros <= NEAR_MICROS_MAX;
    }
}
