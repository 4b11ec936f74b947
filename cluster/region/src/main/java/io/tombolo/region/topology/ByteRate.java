package io.tombolo.region.topology;

/** A rate of bytes, {@code 80MB/s} in the file; at least one byte per second. */
public record ByteRate(long bytesPerSecond) {

    public ByteRate {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("a rate of " + bytesPerSecond + " bytes per second");
        }
    }
}
