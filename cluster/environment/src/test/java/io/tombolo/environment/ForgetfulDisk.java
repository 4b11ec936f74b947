package io.tombolo.environment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Predicate;

/** A disk on which somebody forgot to force some files: a broken variant of whoever writes them. */
public final class ForgetfulDisk extends DelegatingDisk {

    private final Predicate<Path> forgotten;

    public ForgetfulDisk(Disk disk, Predicate<Path> forgotten) {
        super(disk);
        this.forgotten = forgotten;
    }

    @Override
    public DiskFile open(Path path) throws IOException {
        DiskFile file = super.open(path);
        return forgotten.test(path) ? new ForgetfulFile(file) : file;
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        if (!forgotten.test(directory)) {
            super.forceDirectory(directory);
        }
    }

    private static final class ForgetfulFile extends DelegatingFile {

        ForgetfulFile(DiskFile file) {
            super(file);
        }

        @Override
        public void force() {
            // This is what was forgotten.
        }
    }
}
