package io.tombolo.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.tombolo.environment.Payload;

import java.io.IOException;
import java.util.List;

/**
 * Turns frames into what Netty writes. The size, heap memory and small parts go together into one
 * direct buffer; large direct memory and file regions go as they are. A small frame goes out in one
 * piece, its file regions read into it: sent apart they would wake the reader at the other end once
 * for each.
 */
final class FrameWriter {

    private static final int SIZE_BYTES = 4;
    private static final int COPIED_BYTES_MAX = 8 * 1024;
    private static final int SMALL_FRAME_BYTES_MAX = 32 * 1024;

    private final ChannelHandlerContext context;
    private final boolean small;

    private FrameWriter(ChannelHandlerContext context, boolean small) {
        this.context = context;
        this.small = small;
    }

    /** Writes one frame without flushing it; takes over every part. */
    static void write(ChannelHandlerContext context, List<Payload> frame) {
        int length = 0;
        for (Payload part : frame) {
            length = Math.addExact(length, part.length());
        }
        new FrameWriter(context, length <= SMALL_FRAME_BYTES_MAX).write(length, frame);
    }

    private void write(int length, List<Payload> frame) {
        ByteBuf head = headBuffer(frame);
        head.writeInt(length);
        for (Payload part : frame) {
            if (isCopied(part) && copy(part, head)) {
                part.release();
            } else {
                writeHead(head);
                writeUncopied(part);
            }
        }
        writeHead(head);
        head.release();
    }

    private ByteBuf headBuffer(List<Payload> frame) {
        int bytes = SIZE_BYTES;
        for (Payload part : frame) {
            bytes += isCopied(part) ? part.length() : 0;
        }
        try {
            return context.alloc().directBuffer(bytes, bytes);
        } catch (OutOfMemoryError none) {
            frame.forEach(Payload::release);
            throw none;
        }
    }

    private boolean isCopied(Payload part) {
        return switch (part) {
            case Payload.Memory(var bytes) ->
                    !bytes.isDirect() || bytes.remaining() <= COPIED_BYTES_MAX;
            case Payload.FileRegion _ -> small;
        };
    }

    /** False, with nothing copied, when the file does not give all of it. */
    private static boolean copy(Payload part, ByteBuf head) {
        return switch (part) {
            case Payload.Memory(var bytes) -> {
                head.writeBytes(bytes.duplicate());
                yield true;
            }
            case Payload.FileRegion region -> read(region, head);
        };
    }

    private static boolean read(Payload.FileRegion region, ByteBuf head) {
        var target = head.nioBuffer(head.writerIndex(), region.length());
        try {
            while (target.hasRemaining()) {
                long from = region.position() + target.position();
                if (region.file().read(target, from) < 0) {
                    return false;
                }
            }
        } catch (IOException failure) {
            // Sent as a region it fails as every unreadable one does: the connection is closed.
            return false;
        }
        head.writerIndex(head.writerIndex() + region.length());
        return true;
    }

    /** Writes what has been gathered since the last time. */
    private void writeHead(ByteBuf head) {
        if (head.isReadable()) {
            context.write(head.readRetainedSlice(head.readableBytes()), context.voidPromise());
        }
    }

    private void writeUncopied(Payload part) {
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
