package io.tombolo.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.contract.DiskContract;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A disk on which every file gives its descriptor back as soon as it can. */
class SparingFileTest extends DiskContract {

    @TempDir private Path directory;

    private final SparingFile.OpenFiles openFiles = new SparingFile.OpenFiles(1, 4);
    private final Disk disk = new FileDisk(openFiles);

    @Override
    protected Disk disk() {
        return new DelegatingDisk(disk) {
            @Override
            public DiskFile open(Path path) throws IOException {
                return disk.openSparing(path);
            }
        };
    }

    @Override
    protected Path root() {
        return directory;
    }

    @Test
    void filesThatAreForcedAndIdleHoldNoDescriptors() throws IOException {
        List<DiskFile> files = written(100);
        for (DiskFile file : files) {
            file.force();
        }

        touchAll(files);
        touchAll(files);

        assertThat(openFiles.count()).isLessThanOrEqualTo(2);
        for (int index = 0; index < files.size(); index++) {
            assertThat(text(files.get(index))).isEqualTo("file " + index);
        }
    }

    @Test
    void moreFilesThanThereMayBeAreForcedAndGivenBack() throws IOException {
        List<DiskFile> files = written(100);

        assertThat(openFiles.count()).isLessThanOrEqualTo(5);
        for (int index = 0; index < files.size(); index++) {
            files.get(index).append(bytes("!"));
        }
        for (int index = 0; index < files.size(); index++) {
            assertThat(text(files.get(index))).isEqualTo("file " + index + "!");
        }
    }

    @Test
    void aSliceKeepsTheDescriptorThatItWasMadeWith() throws IOException {
        DiskFile file = written(1).getFirst();
        var slice = (Payload.FileRegion) file.slice(0, 4);
        file.force();

        touchAll(written(20));

        var content = ByteBuffer.allocate(4);
        slice.file().read(content, slice.position());
        assertThat(content.array()).isEqualTo("file".getBytes(StandardCharsets.UTF_8));
        slice.release();
    }

    @Test
    void aRenamedFileIsFoundAgain() throws IOException {
        DiskFile file = written(1).getFirst();
        file.force();
        touchAll(written(20));
        Path renamed = directory.resolve("renamed");
        disk.move(directory.resolve("1-0"), renamed);

        file.movedTo(renamed);

        assertThat(text(file)).isEqualTo("file 0");
        assertThat(file.size()).isEqualTo(6);
    }

    @Test
    void aFileThatIsGoneIsNotMadeAgain() throws IOException {
        DiskFile file = written(1).getFirst();
        file.force();
        touchAll(written(20));
        Files.delete(directory.resolve("1-0"));

        assertThatThrownBy(() -> text(file)).isInstanceOf(NoSuchFileException.class);
    }

    private List<DiskFile> written(int count) throws IOException {
        var files = new ArrayList<DiskFile>();
        for (int index = 0; index < count; index++) {
            DiskFile file = disk.openSparing(directory.resolve(count + "-" + index));
            file.append(bytes("file " + index));
            files.add(file);
        }
        return files;
    }

    private static void touchAll(List<DiskFile> files) throws IOException {
        for (DiskFile file : files) {
            text(file);
        }
    }

    private static String text(DiskFile file) throws IOException {
        var content = ByteBuffer.allocate((int) file.size());
        file.readFully(content, 0);
        return StandardCharsets.UTF_8.decode(content).toString();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
