package io.tombolo.network;

import io.netty.buffer.ByteBuf;
import io.tombolo.environment.Frame;
import io.tombolo.environment.Invariant;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/** A frame that holds one reference to the buffer its bytes lie in. */
final class NettyFrame implements Frame {

    private final NettyLoop loop;
    private final ByteBuf buffer;
    private final ByteBuffer bytes;
    private final LargeFrames.@Nullable Privilege privilege;
    private boolean released;

    /**
     * Takes over one reference to the buffer.
     *
     * @param privilege what the buffer is charged on, when it is beyond the limit
     */
    NettyFrame(
            NettyLoop loop,
            ByteBuf buffer,
            int position,
            int length,
            LargeFrames.@Nullable Privilege privilege) {
        this.loop = loop;
        this.buffer = buffer;
        this.privilege = privilege;
        this.bytes = buffer.nioBuffer(position, length).slice();
    }

    @Override
    public ByteBuffer bytes() {
        Invariant.check(!released, "a frame is read after its release");
        return bytes;
    }

    @Override
    public void release() {
        loop.checkInLoop("a frame is released");
        Invariant.check(!released, "a frame is released twice");
        released = true;
        loop.budget().release(buffer, privilege);
        loop.budget().end(privilege);
    }
}
