package io.tombolo.region.topology.file;

/** Where a value stands in the text: lines and columns from 1. */
record Span(int line, int column, int lastLine) {

    /** The file as a whole. */
    static final Span WHOLE_FILE = new Span(0, 0, 0);

    boolean touches(int otherLine) {
        return otherLine >= line && otherLine <= lastLine;
    }
}
