package io.tombolo.region.link;

/** Translates offsets of the source into offsets of this end. */
public interface OffsetMapping {

    /** Where a consumer goes on here that has reached {@code sourceOffset} at the source. */
    Mapped toLocal(LinkPartition partition, long sourceOffset);

    /**
     * A translated offset.
     *
     * @param localOffset never beyond the record that the source offset names
     */
    record Mapped(long localOffset, Confidence confidence) {}

    /** How good a translated offset is. */
    enum Confidence {
        /** Nothing is skipped and nothing is read again. */
        EXACT,
        /** Nothing is skipped, some records may be read again. */
        EARLIER,
        /** The source offset has not been copied yet; the local offset is the end of the copy. */
        NOT_COPIED_YET,
        /** This end knows nothing of the partition; the local offset is 0. */
        UNKNOWN
    }
}
