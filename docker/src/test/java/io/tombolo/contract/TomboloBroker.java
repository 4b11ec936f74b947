package io.tombolo.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Our own broker, from the jars that the distribution ships. */
final class TomboloBroker implements BrokerProgram {

    @Override
    public String id() {
        return "tombolo";
    }

    @Override
    public String title() {
        return "Tombolo";
    }

    @Override
    public void prepare(Path folder, int port) {
        var lines = new ArrayList<String>();
        lines.add("tombolo: 1");
        lines.add("name: twin");
        lines.add("regions:");
        lines.add("  eu:");
        lines.add("    kafka: \"127.0.0.1:%d\"".formatted(port));
        lines.add("    admin: \"127.0.0.1:%d\"".formatted(ChildProcess.freePort()));
        lines.add(
                "    storage: { dirs: [\"%s\", \"%s\"] }"
                        .formatted(folder.resolve("data"), folder.resolve("data2")));
        lines.add("    config:");
        // So that requests cross from one loop to another, whatever machine runs the tests.
        lines.add("      num.network.threads: 2");
        SHARED_CONFIG.forEach((key, value) -> lines.add("      %s: %s".formatted(key, value)));
        try {
            Files.write(folder.resolve("tombolo.yaml"), lines);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    @Override
    public List<String> command(Path folder) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(List.of("-cp", distribution().resolve("*").toString()));
        command.addAll(List.of("io.tombolo.cli.Main", "broker"));
        command.addAll(List.of("-f", folder.resolve("tombolo.yaml").toString()));
        command.addAll(List.of("--region", "eu", "--id", "1"));
        return command;
    }

    /** The folder of jars that the package phase assembles. */
    private static Path distribution() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("mvnw"))) {
            folder = folder.getParent();
        }
        return folder.resolve("docker/target/tombolo/lib");
    }
}
