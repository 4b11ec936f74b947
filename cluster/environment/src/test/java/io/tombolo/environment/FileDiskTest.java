package io.tombolo.environment;

import io.tombolo.environment.contract.DiskContract;

import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class FileDiskTest extends DiskContract {

    @TempDir private Path directory;

    @Override
    protected Disk disk() {
        return new FileDisk();
    }

    @Override
    protected Path root() {
        return directory;
    }
}
