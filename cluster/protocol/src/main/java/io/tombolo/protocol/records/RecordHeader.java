package io.tombolo.protocol.records;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * A header of a record.
 *
 * @param value its bytes, position to limit, or null
 */
public record RecordHeader(String key, @Nullable ByteBuffer value) {}
