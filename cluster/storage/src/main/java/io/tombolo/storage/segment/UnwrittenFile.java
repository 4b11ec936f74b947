package io.tombolo.storage.segment;

import io.tombolo.environment.DiskFile;
import io.tombolo.environment.Invariant;
import io.tombolo.environment.Payload;

import java.nio.ByteBuffer;

/** In the place of a file that is not made before there is something to write: it is empty. */
final class UnwrittenFile implements DiskFile {

    static final UnwrittenFile EMPTY = new UnwrittenFile();

    private UnwrittenFile() {}

    @Override
    public long size() {
        return 0;
    }

    @Override
    public int read(ByteBuffer target, long position) {
        return 0;
    }

    @Override
    public Payload slice(long position, int length) {
        Invariant.check(length == 0, "bytes of a file that was never written");
        return new Payload.Memory(ByteBuffer.allocate(0));
    }

    @Override
    public void truncate(long size) {}

    @Override
    public void force() {}

    @Override
    public void close() {}

    @Override
    public long append(ByteBuffer... buffers) {
        throw refusal();
    }

    @Override
    public void write(ByteBuffer bytes, long position) {
        throw refusal();
    }

    private static Invariant.Broken refusal() {
        return new Invariant.Broken("a log is written to that has no files yet");
    }
}
