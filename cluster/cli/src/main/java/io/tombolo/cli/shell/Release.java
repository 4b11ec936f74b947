package io.tombolo.cli.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which release this is; written into a resource by the build. */
public final class Release {

    private static final Properties PROPERTIES = load();

    private Release() {}

    public static String version() {
        return PROPERTIES.getProperty("tombolo", "unknown");
    }

    /** The release of Kafka whose protocol is spoken. */
    public static String kafkaVersion() {
        return PROPERTIES.getProperty("kafka", "unknown");
    }

    private static Properties load() {
        var properties = new Properties();
        try (InputStream stream = Release.class.getResourceAsStream("release.properties")) {
            if (stream != null) {
                properties.load(stream);
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return properties;
    }
}
