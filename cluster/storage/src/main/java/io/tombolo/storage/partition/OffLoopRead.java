package io.tombolo.storage.partition;

import io.tombolo.environment.Payload;
import io.tombolo.storage.log.ReadResult;
import io.tombolo.storage.segment.SegmentView;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;

/** One read off the loop: pulls the bytes into memory, then answers like a read on the loop. */
final class OffLoopRead implements Callable<ReadResult> {

    private static final int WINDOW_BYTES = 8 << 10;
    private static final int PULL_BYTES = 64 << 10;

    private final LogContents log;
    private final SegmentReader reader;
    private final long generation;

    OffLoopRead(LogContents log, SegmentReader reader) {
        this.log = log;
        this.reader = reader;
        this.generation = log.generation;
    }

    @Override
    public ReadResult call() {
        try {
            SegmentReader.Range range = reader.locate(ByteBuffer.allocate(WINDOW_BYTES));
            SegmentView view = reader.views().getFirst();
            view.pull(range.start().position(), range.bytes(), ByteBuffer.allocate(PULL_BYTES));
            ReadResult.Slice slice = reader.slice(range);
            if (overtaken()) {
                slice.parts().forEach(Payload::release);
                return new ReadResult.Overtaken();
            }
            return slice;
        } catch (IOException failure) {
            return overtaken() ? new ReadResult.Overtaken() : new ReadResult.Failed(failure);
        }
    }

    private boolean overtaken() {
        return log.generation != generation || reader.views().getFirst().removed();
    }
}
