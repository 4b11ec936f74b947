package io.tombolo.chaos;

/** Something that must not be. */
record Anomaly(Kind kind, String detail) {

    /** What is wrong. */
    enum Kind {
        /** Acknowledged, and not in the log. */
        LOST,
        /** In the log twice. */
        DUPLICATED,
        /** Behind a record that was sent after it, by the same producer to the same partition. */
        REORDERED,
        /** Two observers saw different records at one offset. */
        INCONSISTENT,
        /** Read, and never sent. */
        PHANTOM,
        /** Of an aborted transaction, and seen by who asked for committed records only. */
        ABORTED_READ,
        /** A reader went past it without seeing it. */
        SKIPPED,
        /** A reader saw an offset after a higher one. */
        WENT_BACK,
        /** A group's offset was below one that had been acknowledged before. */
        GROUP_WENT_BACK,
        /** Replicas hold different bytes. */
        DIVERGED
    }

    @Override
    public String toString() {
        return kind + " " + detail;
    }
}
