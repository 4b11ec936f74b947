package io.tombolo.storage.partition;

import io.tombolo.environment.Payload;
import io.tombolo.storage.log.LogDamage;
import io.tombolo.storage.log.ReadResult;
import io.tombolo.storage.segment.SegmentView;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * One read off the loop: pulls the bytes into memory and checks them on the way, then answers like
 * a read on the loop. When that fails the whole segment is looked through, and if there is damage
 * the log's user hears of it.
 */
final class OffLoopRead implements Callable<ReadResult> {

    private static final int WINDOW_BYTES = 8 << 10;
    private static final int PULL_BYTES = 64 << 10;

    private final LogContents log;
    private final SegmentReader reader;
    private final long generation;
    private final boolean gapsExpected;

    OffLoopRead(LogContents log, SegmentReader reader) {
        this.log = log;
        this.reader = reader;
        this.generation = log.generation;
        this.gapsExpected = log.settings.compacted();
    }

    @Override
    public ReadResult call() {
        try {
            return answer(reader);
        } catch (IOException failure) {
            return overtaken() ? new ReadResult.Overtaken() : failed(failure);
        }
    }

    private ReadResult answer(SegmentReader wish) throws IOException {
        SegmentReader.Range range = wish.locate(ByteBuffer.allocate(WINDOW_BYTES));
        SegmentView view = wish.views().getFirst();
        int start = range.start().position();
        var scan = view.scan(start, start + range.bytes(), ByteBuffer.allocate(PULL_BYTES));
        boolean gaps = SegmentCheck.require(scan, wish.offset());
        Optional<LogDamage> hidden = gaps && !gapsExpected ? damage() : Optional.empty();
        if (hidden.isPresent()) {
            throw hidden.get();
        }
        ReadResult.Slice slice = wish.slice(range);
        if (overtaken()) {
            slice.parts().forEach(Payload::release);
            return new ReadResult.Overtaken();
        }
        return slice;
    }

    private Optional<LogDamage> damage() {
        SegmentView view = reader.views().getFirst();
        return SegmentCheck.damage(
                view, view.sizeBytes(), view.endOffset(), ByteBuffer.allocate(PULL_BYTES));
    }

    /**
     * A file that could not be opened, say, is no damage; a second look at the batches tells. What
     * lies before the damage is given, so that the error meets whoever has come to it.
     */
    private ReadResult failed(IOException failure) {
        Optional<LogDamage> damage = damage();
        if (overtaken()) {
            return new ReadResult.Overtaken();
        }
        damage.ifPresent(log::foundDamage);
        long soundOffset = damage.map(LogDamage::fromOffset).orElse(reader.offset());
        if (soundOffset > reader.offset()) {
            try {
                return answer(reader.upTo(soundOffset));
            } catch (IOException again) {
                return new ReadResult.Failed(again);
            }
        }
        return new ReadResult.Failed(damage.<Exception>map(it -> it).orElse(failure));
    }

    private boolean overtaken() {
        return log.generation != generation
                || reader.views().stream().anyMatch(SegmentView::removed);
    }
}
