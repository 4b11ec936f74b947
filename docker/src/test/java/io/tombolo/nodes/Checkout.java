package io.tombolo.nodes;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the tree lies whose tests run. */
public final class Checkout {

    private Checkout() {}

    /** The folder that holds the parent pom. */
    public static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("mvnw"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
