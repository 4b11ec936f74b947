package io.tombolo.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What this build has made, as somebody has it who unpacks a release: the launcher beside its jars.
 * It is laid out on first use, once for all processes of the tests, and its launcher has prepared
 * quick starts: the tests start some hundred brokers and commands.
 */
public final class Release {

    private static final Path FOLDER = Checkout.root().resolve("docker/target/release");

    static {
        try {
            layOut();
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private Release() {}

    private static void layOut() throws IOException {
        Files.createDirectories(FOLDER);
        try (var file = open(FOLDER.resolve("lock"));
                var _ = file.lock()) {
            try {
                Files.createSymbolicLink(FOLDER.resolve("lib"), Path.of("../tombolo/lib"));
            } catch (FileAlreadyExistsException stays) {
                // Of a run before this one.
            }
            Path script = Checkout.root().resolve("tombolo");
            // Another process may run the one that is there.
            if (!Files.exists(launcher()) || Files.mismatch(script, launcher()) >= 0) {
                Files.copy(script, launcher(), StandardCopyOption.REPLACE_EXISTING);
            }
            // Whatever keeps it from them, all works without as well.
            String jdk = "JAVA_HOME=" + System.getProperty("java.home");
            NodeProcess.run(List.of("env", jdk, launcher().toString(), "dev", "--help"));
        }
    }

    private static FileChannel open(Path lock) throws IOException {
        return FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** The command of the release. */
    public static Path launcher() {
        return FOLDER.resolve("tombolo");
    }

    /**
     * The same command without the launcher, in the cheapest JVM; its arguments are to follow.
     *
     * @param heap as the JVM has it, such as {@code -Xmx128m}
     */
    public static List<String> java(String heap) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        Path quickStarts = FOLDER.resolve("tombolo.aot");
        if (quickStarts.toFile().length() > 0) {
            command.addAll(List.of("-XX:AOTCache=" + quickStarts, "-Xlog:aot=off,cds=off"));
        }
        command.addAll(List.of("-cp", FOLDER.resolve("lib") + "/*", "io.tombolo.cli.Main"));
        return command;
    }
}
