package io.tombolo.storage.segment;

/**
 * Where a batch begins in the log file of a segment.
 *
 * @param position its first byte; the size of the segment for the place after the last batch
 * @param baseOffset its base offset; the end offset of the segment for the place after the last
 */
public record BatchPosition(int position, long baseOffset) {}
