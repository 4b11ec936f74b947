package io.tombolo.network;

import io.netty.channel.DefaultFileRegion;
import io.tombolo.environment.Payload;

/** A stretch of a file on its way out; its release tells the owner and leaves the file open. */
final class FileRegionPart extends DefaultFileRegion {

    private final Payload.FileRegion region;

    FileRegionPart(Payload.FileRegion region) {
        super(region.file(), region.position(), region.length());
        this.region = region;
    }

    @Override
    protected void deallocate() {
        region.release();
    }
}
