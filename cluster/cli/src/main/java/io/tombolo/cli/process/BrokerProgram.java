package io.tombolo.cli.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The command lines with which a broker or controller becomes a process of its own. */
public final class BrokerProgram {

    /** Names the file with the number of the process, and so the broker that it is. */
    public static final String PID_FILE_OPTION = "--pid-file";

    /**
     * Lets the end of its standard input stop it, and so the end of whoever holds its other end.
     */
    public static final String UNTIL_INPUT_ENDS_OPTION = "--until-input-ends";

    /** The command that runs a broker. */
    public static final String BROKER = "broker";

    private BrokerProgram() {}

    /**
     * The launcher, which becomes the broker under the same number; this JVM and class path when
     * this command was not started by a launcher.
     *
     * @param role the command that runs it, such as {@link #BROKER}
     * @param arguments behind that command
     */
    public static List<String> preferred(String role, List<String> arguments) {
        Optional<String> launcher =
                Optional.ofNullable(System.getProperty("tombolo.launcher"))
                        .filter(path -> Files.isExecutable(Path.of(path)));
        return launcher.map(
                        path -> Stream.concat(Stream.of(path, role), arguments.stream()).toList())
                .orElseGet(() -> direct(role, "256m", arguments));
    }

    /**
     * This JVM and class path, with the flags that the launcher has for these commands.
     *
     * @param role the command that runs it, such as {@link #BROKER}
     * @param heap used when {@code TOMBOLO_HEAP} says nothing else
     * @param arguments behind that command
     */
    public static List<String> direct(String role, String heap, List<String> arguments) {
        String chosen = System.getenv().getOrDefault("TOMBOLO_HEAP", heap);
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseG1GC", "-Xms" + chosen, "-Xmx" + chosen));
        command.addAll(List.of("-XX:+ExitOnOutOfMemoryError", "-XX:+UseCompactObjectHeaders"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-Djdk.serialFilter=!*");
        String classPath = System.getProperty("java.class.path");
        Path cache =
                Path.of(classPath.split(File.pathSeparator, 2)[0])
                        .toAbsolutePath()
                        .resolve("../../tombolo.aot")
                        .normalize();
        if (cache.toFile().length() > 0) {
            command.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
        }
        command.addAll(List.of("-cp", classPath, "io.tombolo.cli.Main", role));
        command.addAll(arguments);
        return command;
    }

    /**
     * The same command in a session of its own, so that neither the end of a terminal nor Ctrl-C in
     * it reaches the process; its number stays the same.
     */
    public static List<String> detached(List<String> command) {
        return Stream.concat(detacher().stream(), command.stream()).toList();
    }

    private static Optional<String> detacher() {
        return Stream.of("setsid", "nohup")
                .flatMap(program ->
                        Stream.of(
                                        System.getenv()
                                                .getOrDefault("PATH", "")
                                                .split(File.pathSeparator))
                                .filter(folder -> !folder.isEmpty())
                                .map(folder -> Path.of(folder, program)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
