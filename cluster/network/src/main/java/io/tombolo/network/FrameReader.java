package io.tombolo.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tombolo.environment.Frame;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/**
 * Cuts what one connection receives into frames. Owned by the connection's loop.
 *
 * <p>Frames that arrive whole are slices of the receive buffer. Of a longer one the first bytes are
 * moved once into a buffer of its own, and the socket is then read straight into that; the buffer
 * grows with what has really arrived, up to the size of the frame, so an announced size costs
 * nothing. Nothing is decoded while the sink does not take frames.
 */
final class FrameReader {

    private static final int SIZE_BYTES = 4;
    private static final int NO_FRAME = -1;
    private static final int GROWTH = 8;
    private static final int FRAME_BUFFER_BYTES_MIN = 4096;
    private static final int RECEIVE_BYTES_MIN = 2048;
    private static final int RECEIVE_BYTES_MAX = 64 * 1024;

    private final NettyLoop loop;
    private final FrameBudget budget;
    private final Sink sink;
    private final int frameBytesMax;
    private final ArrayDeque<ByteBuf> undecoded = new ArrayDeque<>();
    private @Nullable ByteBuf partial;
    private LargeFrames.@Nullable Privilege privilege;
    private int sizeSoFar;
    private int sizeBytesSeen;
    private int frameBytes = NO_FRAME;
    private int receiveBytes = RECEIVE_BYTES_MIN;
    private long frameNumber;
    private long turn;
    private boolean decoding;
    private boolean closed;

    FrameReader(NettyLoop loop, Sink sink, int frameBytesMax) {
        this.loop = loop;
        this.budget = loop.budget();
        this.sink = sink;
        this.frameBytesMax = Math.min(frameBytesMax, budget.frameBytesMax());
    }

    /** The connection, as seen from here. */
    interface Sink extends FrameBudget.Waiter {
        /** Whether frames may be delivered now. */
        boolean takesFrames();

        /** Delivers a frame; it may stop taking frames, or close the reader, meanwhile. */
        void deliver(Frame frame);

        /** The announced size cannot be, or is above the size that is taken. */
        void illegalSize(int announced, int frameBytesMax);
    }

    /** The buffer that the next bytes are to be read into; the caller owns one reference. */
    ByteBuf receiveBuffer(ByteBufAllocator allocator) {
        if (partial != null && undecoded.isEmpty() && partial.isWritable()) {
            return partial.retain();
        }
        int size = budget.receiveBytes(receiveBytes);
        return allocator.directBuffer(size, size);
    }

    /** Takes over a buffer from {@link #receiveBuffer} into which bytes have been read. */
    void arrived(ByteBuf buffer) {
        if (closed) {
            buffer.release();
        } else if (buffer == partial) {
            buffer.release();
            decode();
        } else {
            adaptReceiveBytes(buffer);
            budget.charge(buffer, null);
            undecoded.add(buffer);
            decode();
        }
    }

    private void adaptReceiveBytes(ByteBuf buffer) {
        int used = buffer.readableBytes();
        if (!buffer.isWritable()) {
            receiveBytes = Math.min(receiveBytes * 4, RECEIVE_BYTES_MAX);
        } else if (used < receiveBytes / 8) {
            receiveBytes = Math.max(receiveBytes / 2, RECEIVE_BYTES_MIN);
        }
    }

    /** Delivers what has arrived whole, as long as the sink takes it. */
    void decode() {
        if (decoding) {
            return;
        }
        decoding = true;
        try {
            while (!closed && sink.takesFrames() && decodeOne()) {}
        } finally {
            decoding = false;
        }
    }

    /** One step; false when more bytes are needed. */
    private boolean decodeOne() {
        if (partial != null) {
            return partial.writerIndex() == frameBytes ? deliverPartial(partial) : refill(partial);
        }
        ByteBuf chunk = undecoded.peek();
        if (chunk == null) {
            return false;
        }
        if (frameBytes == NO_FRAME && !readSize(chunk)) {
            return dropWhenEmpty(chunk);
        }
        if (chunk.readableBytes() >= frameBytes) {
            deliverSlice(chunk);
        } else if (chunk.isReadable()) {
            beginPartial(chunk);
        }
        return dropWhenEmpty(chunk);
    }

    /** Whether the size of a frame is known, and legal, now. */
    private boolean readSize(ByteBuf chunk) {
        while (sizeBytesSeen < SIZE_BYTES && chunk.isReadable()) {
            sizeSoFar = sizeSoFar << 8 | chunk.readUnsignedByte();
            sizeBytesSeen++;
        }
        if (sizeBytesSeen < SIZE_BYTES) {
            return false;
        }
        if (sizeSoFar < 0 || sizeSoFar > frameBytesMax) {
            sink.illegalSize(sizeSoFar, frameBytesMax);
            return false;
        }
        frameBytes = sizeSoFar;
        return true;
    }

    /** True when the decoder may go on with what is left, or with the next buffer. */
    private boolean dropWhenEmpty(ByteBuf chunk) {
        if (closed) {
            return false;
        }
        if (!chunk.isReadable() && chunk == undecoded.peek()) {
            undecoded.remove();
            budget.release(chunk, null);
        }
        return !undecoded.isEmpty();
    }

    private void deliverSlice(ByteBuf chunk) {
        int position = chunk.readerIndex();
        var frame = new NettyFrame(loop, chunk.retain(), position, frameBytes, null);
        chunk.skipBytes(frameBytes);
        frameEnded();
        sink.deliver(frame);
    }

    private boolean deliverPartial(ByteBuf whole) {
        var frame = new NettyFrame(loop, whole, 0, frameBytes, privilege);
        partial = null;
        privilege = null;
        frameEnded();
        sink.deliver(frame);
        return true;
    }

    private void frameEnded() {
        frameNumber++;
        turn = 0;
        frameBytes = NO_FRAME;
        sizeBytesSeen = 0;
        sizeSoFar = 0;
    }

    private void beginPartial(ByteBuf chunk) {
        ByteBuf begun = frameBuffer(chunk.alloc(), affordable(chunk.readableBytes()), null);
        begun.writeBytes(chunk);
        partial = begun;
    }

    /** Moves bytes that were read beside the frame's own buffer into it. */
    private boolean refill(ByteBuf begun) {
        ByteBuf chunk = undecoded.peek();
        if (chunk == null) {
            return false;
        }
        int wanted = Math.min(chunk.readableBytes(), frameBytes - begun.writerIndex());
        ByteBuf target = begun;
        if (target.writableBytes() < wanted) {
            target = grow(begun, affordable(begun.writerIndex() + wanted), null);
        }
        target.writeBytes(chunk, wanted);
        dropWhenEmpty(chunk);
        return true;
    }

    /** The capacity for bytes that have arrived; without room to grow when the budget has none. */
    private int affordable(int arrivedBytes) {
        int capacity = bufferBytes(arrivedBytes);
        return budget.affords(capacity) ? capacity : arrivedBytes;
    }

    /**
     * Makes room for more of a frame that has begun.
     *
     * @return false when the budget has none: then the connection waits for it
     */
    boolean makeRoom() {
        ByteBuf begun = partial;
        if (begun == null || begun.isWritable() || begun.writerIndex() == frameBytes) {
            return true;
        }
        int capacity = bufferBytes(begun.writerIndex());
        if (budget.affords(capacity)) {
            grow(begun, capacity, null);
            return true;
        }
        LargeFrames.Privilege granted = budget.tryPrivilege();
        if (granted == null) {
            return false;
        }
        // At its whole size: grown again it would be beyond the limit twice during the copy.
        grow(begun, frameBytes, granted);
        loop.slowFrames().watch();
        return true;
    }

    /**
     * Moves what has arrived into a larger buffer, charged on a privilege if there is one. Nothing
     * has changed when there is no memory for that.
     */
    private ByteBuf grow(
            ByteBuf begun, int capacity, LargeFrames.@Nullable Privilege newPrivilege) {
        ByteBuf larger;
        try {
            larger = frameBuffer(begun.alloc(), capacity, newPrivilege);
        } catch (OutOfMemoryError none) {
            budget.end(newPrivilege);
            throw none;
        }
        larger.writeBytes(begun, 0, begun.writerIndex());
        partial = larger;
        privilege = newPrivilege;
        budget.release(begun, null);
        return larger;
    }

    private ByteBuf frameBuffer(
            ByteBufAllocator allocator, int capacity, LargeFrames.@Nullable Privilege on) {
        ByteBuf buffer = allocator.directBuffer(capacity, capacity);
        budget.charge(buffer, on);
        return buffer;
    }

    private int bufferBytes(int arrivedBytes) {
        long grown = Math.max((long) arrivedBytes * GROWTH, FRAME_BUFFER_BYTES_MIN);
        return (int) Math.min(frameBytes, grown);
    }

    /** Whether bytes can be read without asking the budget. */
    boolean hasRoom() {
        return partial != null && partial.isWritable();
    }

    /** Whether a frame has begun and is not whole yet. */
    boolean frameBegun() {
        return sizeBytesSeen > 0;
    }

    /** Which frame has begun, counted from the connection's first. */
    long frameNumber() {
        return frameNumber;
    }

    /** The size of the frame that has begun; 0 while it is not known. */
    int frameBytes() {
        return Math.max(frameBytes, 0);
    }

    /** How much of the frame that has begun is here. */
    int frameBytesArrived() {
        return partial == null ? 0 : partial.writerIndex();
    }

    /** How much memory the frame that has begun holds, privileged or not. */
    int frameBytesHeld() {
        return partial == null ? 0 : partial.capacity();
    }

    /** The place of the frame that has begun among those that wait to grow. */
    long turn() {
        if (turn == 0) {
            turn = budget.nextTurn(frameBytes());
        }
        return turn;
    }

    /** Whether bytes wait to be decoded because the sink does not take frames. */
    boolean hasUndecoded() {
        return !undecoded.isEmpty() || (partial != null && partial.writerIndex() == frameBytes);
    }

    /** Gives everything back; nothing is delivered any more. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        undecoded.forEach(chunk -> budget.release(chunk, null));
        undecoded.clear();
        budget.forget(sink);
        if (partial != null) {
            budget.release(partial, privilege);
            budget.end(privilege);
            partial = null;
            privilege = null;
        }
    }
}
