package io.tombolo.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/** Lets Netty read straight into the buffers that the frame reader wants filled. */
final class ReceiveBuffers extends DefaultMaxMessagesRecvByteBufAllocator {

    private static final int READS_PER_TURN = 16;

    private final FrameReader reader;

    ReceiveBuffers(FrameReader reader) {
        super(READS_PER_TURN);
        this.reader = reader;
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's interface demands the old name of ExtendedHandle.
    public RecvByteBufAllocator.Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                return reader.receiveBuffer(allocator);
            }

            @Override
            public int guess() {
                return FrameBudget.SMALL_BYTES;
            }
        };
    }
}
