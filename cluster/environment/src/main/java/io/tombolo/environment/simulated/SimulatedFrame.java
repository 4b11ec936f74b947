package io.tombolo.environment.simulated;

import io.tombolo.environment.Frame;
import io.tombolo.environment.Invariant;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A received frame; its bytes are overwritten on release, so that a late reader is noticed. */
final class SimulatedFrame implements Frame {

    private static final byte POISON = (byte) 0xDB;

    private final byte[] content;
    private final ByteBuffer bytes;
    private final SimulatedProcess process;
    private boolean released;

    SimulatedFrame(byte[] content, SimulatedProcess process) {
        this.content = content;
        this.bytes = ByteBuffer.wrap(content);
        this.process = process;
    }

    @Override
    public ByteBuffer bytes() {
        Invariant.check(!released, "a frame is read after its release");
        return bytes;
    }

    @Override
    public void release() {
        Invariant.check(!released, "a frame is released twice");
        released = true;
        Arrays.fill(content, POISON);
        process.frameReleased();
    }
}
