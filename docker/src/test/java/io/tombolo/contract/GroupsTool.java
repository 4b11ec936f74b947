package io.tombolo.contract;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Kafka's {@code kafka-consumer-groups} in this process, with the classes of its own version. It
 * prints to the process's output, which is ours to read while it runs.
 */
final class GroupsTool implements AutoCloseable {

    private static final String MAIN = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";

    private final URLClassLoader loader;
    private final String bootstrap;

    /** The tool with what brokers have. */
    GroupsTool(String bootstrap) throws IOException {
        this(bootstrap, Path.of("target", "dump-tool").toAbsolutePath());
    }

    private GroupsTool(String bootstrap, Path jars) throws IOException {
        this.bootstrap = bootstrap;
        var classes = new ArrayList<URL>();
        try (Stream<Path> own = Files.list(jars)) {
            for (Path jar : own.sorted().toList()) {
                classes.add(jar.toUri().toURL());
            }
        }
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            classes.add(Path.of(entry).toUri().toURL());
        }
        loader =
                new URLClassLoader(
                        classes.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    /** The tool with all that it uses, so that it reads and writes plans, too. */
    static GroupsTool whole(String bootstrap) throws IOException, InterruptedException {
        StockJars.fetch();
        return new GroupsTool(bootstrap, StockJars.folder());
    }

    /** The lines that it prints, without empty ones; the cells of a line are one blank apart. */
    List<String> run(String... arguments) throws ReflectiveOperationException {
        var command = new ArrayList<>(List.of("--bootstrap-server", bootstrap));
        command.addAll(List.of(arguments));
        var printed = new ByteArrayOutputStream();
        PrintStream out = System.out;
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        Thread.currentThread().setContextClassLoader(loader);
        try {
            loader.loadClass(MAIN)
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) command.toArray(String[]::new));
        } catch (InvocationTargetException failed) {
            throw new IllegalStateException(failed.getCause());
        } finally {
            System.setOut(out);
            Thread.currentThread().setContextClassLoader(context);
        }
        return printed.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.strip().replaceAll("\\s+", " "))
                .filter(line -> !line.isEmpty())
                .toList();
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
