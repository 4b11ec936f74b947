package io.tombolo.region.link;

/**
 * How far a copy is behind its source.
 *
 * @param records source high watermark − local end, at the last answer of the source
 * @param bytes an estimate: records × mean record size of what has been copied
 * @param ms how long ago the copy was last known to be complete: every record acknowledged at the
 *     source before then is here. 0 while the source is answering and nothing is missing; goes on
 *     growing while the source does not answer
 * @param extrapolated the source has not answered for so long that records and bytes are old
 */
public record Lag(long records, long bytes, long ms, boolean extrapolated) {

    /** Nothing is missing. */
    public static final Lag NONE = new Lag(0, 0, 0, false);

    /** The lag of both together. */
    public Lag plus(Lag other) {
        return new Lag(
                records + other.records,
                bytes + other.bytes,
                Math.max(ms, other.ms),
                extrapolated || other.extrapolated);
    }
}
