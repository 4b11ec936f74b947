package io.tombolo.storage.log;

/** What became of a change to the bounds of a log. */
public sealed interface ChangeResult {

    /** Done; durable as the operation says. */
    record Changed(long startOffset, long endOffset) implements ChangeResult {}

    /** The offset is outside of the log; nothing changed. */
    record OutOfRange(long startOffset, long endOffset) implements ChangeResult {}

    /** The disk failed, now or before: the log takes and gives nothing any more. */
    record Failed(Exception cause) implements ChangeResult {}
}
