package io.tombolo.linker.mirror;

/**
 * Where the log of a partition stands at the source.
 *
 * @param logStartOffset the first offset it has
 * @param highWatermark the end of what a consumer may read
 * @param epochAnswer what it says about the epoch that was asked for
 */
public record Origin(long logStartOffset, long highWatermark, EpochAnswer epochAnswer) {

    /** The answer to the question where an epoch ends. */
    public sealed interface EpochAnswer {}

    /** Nothing was asked, because nothing has been copied. */
    public record NotAsked() implements EpochAnswer {}

    /** The source knows no epoch that high. */
    public record EpochUnknown() implements EpochAnswer {}

    /** The largest epoch at the source that is not above the one asked for, and its end. */
    public record EpochEnd(int epoch, long endOffset) implements EpochAnswer {}
}
