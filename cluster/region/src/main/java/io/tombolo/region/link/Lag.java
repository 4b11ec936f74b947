package io.tombolo.region.link;

/**
 * How far a copy is behind its source.
 *
 * @param records source high watermark − high watermark here, at the last answer of the source:
 *     what is in the leader's log and not yet safe in this region counts as missing. −1 until it is
 *     known where both stand
 * @param bytes an estimate: records × mean record size of what has been copied. −1 as long as too
 *     little is known to estimate them from
 * @param ms at most so long ago the oldest record was acknowledged at the source that is not here:
 *     everything acknowledged before is. It is the age of the newest state of the source at which
 *     the copy was complete, counted from the moment when the source was asked for it; so it is
 *     never below the way there and back while records flow, and grows while the source does not
 *     answer. 0 when nothing is missing of a source that answers and has been idle for a second. −1
 *     as long as too little is known to say
 * @param extrapolated the source has not answered for so long that records and bytes are old
 */
public record Lag(long records, long bytes, long ms, boolean extrapolated) {

    /** Nothing is missing. */
    public static final Lag NONE = new Lag(0, 0, 0, false);

    /** The source was never heard of. */
    public static final Lag UNKNOWN = new Lag(-1, -1, -1, true);

    /** The lag of both together; what is unknown of one is unknown of both. */
    public Lag plus(Lag other) {
        return new Lag(
                records < 0 || other.records < 0 ? -1 : records + other.records,
                bytes < 0 || other.bytes < 0 ? -1 : bytes + other.bytes,
                ms < 0 || other.ms < 0 ? -1 : Math.max(ms, other.ms),
                extrapolated || other.extrapolated);
    }
}
