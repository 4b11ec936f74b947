package io.tombolo.contract;

import io.tombolo.nodes.Nodes;
import io.tombolo.nodes.Release;

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
        lines.add("    admin: \"127.0.0.1:%d\"".formatted(Nodes.freePort()));
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
        List<String> command = Release.java("-Xmx256m");
        command.add("broker");
        command.addAll(List.of("-f", folder.resolve("tombolo.yaml").toString()));
        command.addAll(List.of("--region", "eu", "--id", "1"));
        return command;
    }
}
