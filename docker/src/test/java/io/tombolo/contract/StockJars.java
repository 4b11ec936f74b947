package io.tombolo.contract;

import io.tombolo.nodes.MavenJars;

import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Kafka Streams, Kafka Connect and Kafka's tools with the classes of their own version. */
final class StockJars {

    private static final MavenJars JARS = new MavenJars("stock");

    private StockJars() {}

    /** Without Maven Central the tests that need them are left out, which is said aloud. */
    static void fetch() throws IOException, InterruptedException {
        JARS.fetch();
    }

    /** Their own brokers are no question: they are tried on ours only. */
    static Subject tombolo(Subjects.Running running) {
        return running.subjects().stream()
                .filter(subject -> subject.id().equals("tombolo"))
                .findFirst()
                .orElseThrow(() -> new TestAbortedException("only ours is tried"));
    }

    /** Where they are. */
    static Path folder() {
        return JARS.folder();
    }

    /** A Java process that sees them. */
    static List<String> java(String... arguments) {
        return JARS.java(arguments);
    }
}
