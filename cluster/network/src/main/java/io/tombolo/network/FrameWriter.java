package io.tombolo.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.tombolo.environment.Payload;

import java.util.List;

/**
 * Turns frames into what Netty writes. The size, heap memory and small parts go together into one
 * direct buffer; large direct memory and file regions go as they are.
 */
final class FrameWriter {

    private static final int SIZE_BYTES = 4;
    private static final int COPIED_BYTES_MAX = 8 * 1024;

    private FrameWriter() {}

    /** Writes one frame without flushing it; takes over every part. */
    static void write(ChannelHandlerContext context, List<Payload> frame) {
        int length = 0;
        int copied = SIZE_BYTES;
        for (Payload part : frame) {
            length = Math.addExact(length, part.length());
            copied += isCopied(part) ? part.length() : 0;
        }
        ByteBuf head = headBuffer(context, copied, frame);
        head.writeInt(length);
        for (Payload part : frame) {
            if (isCopied(part)) {
                head.writeBytes(((Payload.Memory) part).bytes().duplicate());
                part.release();
            } else {
                writeHead(context, head);
                writeUncopied(context, part);
            }
        }
        writeHead(context, head);
        head.release();
    }

    private static ByteBuf headBuffer(
            ChannelHandlerContext context, int bytes, List<Payload> frame) {
        try {
            return context.alloc().directBuffer(bytes, bytes);
        } catch (OutOfMemoryError none) {
            frame.forEach(Payload::release);
            throw none;
        }
    }

    private static boolean isCopied(Payload part) {
        return part instanceof Payload.Memory(var bytes)
                && (!bytes.isDirect() || bytes.remaining() <= COPIED_BYTES_MAX);
    }

    /** Writes what has been gathered since the last time. */
    private static void writeHead(ChannelHandlerContext context, ByteBuf head) {
        if (head.isReadable()) {
            context.write(head.readRetainedSlice(head.readableBytes()), context.voidPromise());
        }
    }

    private static void writeUncopied(ChannelHandlerContext context, Payload part) {
        switch (part) {
            case Payload.Memory memory -> {
                context.write(
                        Unpooled.wrappedBuffer(memory.bytes().duplicate()), context.voidPromise());
                memory.release();
            }
            case Payload.FileRegion region -> {
                if (region.length() == 0) {
                    region.release();
                } else {
                    context.write(new FileRegionPart(region), context.voidPromise());
                }
            }
        }
    }
}
