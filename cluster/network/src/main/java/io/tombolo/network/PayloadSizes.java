package io.tombolo.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;

/** Counts file regions at their full length, so that queued bytes mean all bytes queued. */
final class PayloadSizes implements MessageSizeEstimator {

    static final PayloadSizes INSTANCE = new PayloadSizes();

    private PayloadSizes() {}

    @Override
    public Handle newHandle() {
        return PayloadSizes::sizeOf;
    }

    private static int sizeOf(Object message) {
        return switch (message) {
            case ByteBuf buffer -> buffer.readableBytes();
            case FileRegion region -> (int) Math.min(Integer.MAX_VALUE, region.count());
            default -> 0;
        };
    }
}
