package io.tombolo.cli.shell;

import io.tombolo.region.RegionId;
import io.tombolo.region.diagnosis.NearestName;
import io.tombolo.region.diagnosis.Violation;
import io.tombolo.region.diagnosis.Where;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The topology file of a command, read and free of contradictions.
 *
 * @param name of the file, as the user gave it
 */
public record LoadedFile(String name, TopologyFile.Valid valid) {

    /** Looked for in the working directory when {@code -f} is not given. */
    public static final String NAME_DEFAULT = "tombolo.yaml";

    /**
     * Reads the file of this command.
     *
     * @throws CommandFailure when there is none, or it cannot be used
     */
    public static LoadedFile of(Shell shell) {
        String name = nameFor(shell);
        return switch (parse(shell)) {
            case TopologyFile.Valid valid -> new LoadedFile(name, valid);
            case TopologyFile.Invalid(var violations) ->
                    throw new CommandFailure(violations, ExitCode.FAILED);
        };
    }

    /**
     * Reads the file of this command, whatever it turns out to be.
     *
     * @throws CommandFailure when there is none, or it is not text
     */
    public static TopologyFile parse(Shell shell) {
        return TopologyFile.parse(nameFor(shell), text(shell));
    }

    /** The name of the file of this command, whether it exists or not. */
    public static String nameFor(Shell shell) {
        return shell.options().file().map(Path::toString).orElse(NAME_DEFAULT);
    }

    /**
     * The file of this command as it is written.
     *
     * @throws CommandFailure when there is none, or it is not text
     */
    public static String text(Shell shell) {
        Path path = shell.directory().resolve(nameFor(shell));
        try {
            return decode(shell, Files.readAllBytes(path));
        } catch (NoSuchFileException missing) {
            throw missing(shell, path);
        } catch (IOException unreadable) {
            throw CommandFailure.of(Code.NO_FILE, "the topology file cannot be read")
                    .at(path.toString())
                    .seen(unreadable.getClass().getSimpleName() + ": " + unreadable.getMessage())
                    .fix("name another file with -f FILE")
                    .because(unreadable)
                    .failure();
        }
    }

    private static String decode(Shell shell, byte[] bytes) {
        var text = CharBuffer.allocate(bytes.length);
        var rest = ByteBuffer.wrap(bytes);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(rest, text, true);
        text.flip();
        if (!result.isError()) {
            return text.toString();
        }
        String before = text.toString();
        int line = 1 + (int) before.chars().filter(it -> it == '\n').count();
        int column = before.length() - before.lastIndexOf('\n');
        throw CommandFailure.of(Code.NO_FILE, "the topology file is not UTF-8 text")
                .at(Where.at(nameFor(shell), line, column, ""))
                .seen("the byte 0x%02x".formatted(bytes[rest.position()]))
                .fix("save it as UTF-8")
                .failure();
    }

    private static CommandFailure missing(Shell shell, Path path) {
        var draft =
                CommandFailure.of(
                                Code.NO_FILE,
                                shell.options().file().isPresent()
                                        ? "there is no such topology file"
                                        : "there is no topology file in the working directory")
                        .at(path.toString());
        return shell.options().file().isPresent()
                ? draft.fix("check the path after -f").failure()
                : draft.fix("name the file with -f FILE", "tombolo demo        needs no file")
                        .failure();
    }

    /**
     * Refuses a file that asks for what brokers cannot do, rather than ignore it.
     *
     * @throws CommandFailure with every such place
     */
    public void requireRunnable() {
        List<Violation> refusals = valid.refusals();
        if (!refusals.isEmpty()) {
            throw new CommandFailure(refusals, ExitCode.REFUSED);
        }
    }

    /** The file itself, wherever the command runs. */
    public static Path pathFor(Shell shell) {
        return shell.directory().resolve(nameFor(shell)).normalize();
    }

    public Topology topology() {
        return valid.topology();
    }

    /** The place of a value; the file as a whole when the value is a default. */
    public Where where(String path) {
        return valid.where(path).orElseGet(() -> Where.at(name, 0, 0, path));
    }

    /**
     * A region whose brokers are ours.
     *
     * @throws CommandFailure when the file has no such region
     */
    public Region.Hosted hosted(String region) {
        return topology().hostedRegions().stream()
                .filter(hosted -> hosted.id().name().equals(region))
                .findFirst()
                .orElseThrow(() -> unknown(region));
    }

    /**
     * The region the user chose, or all of them.
     *
     * @throws CommandFailure when the file has no such region, or none at all
     */
    public List<Region.Hosted> hostedOrAll(Optional<String> region) {
        if (region.isPresent()) {
            return List.of(hosted(region.get()));
        }
        if (topology().hostedRegions().isEmpty()) {
            throw CommandFailure.of(Code.UNKNOWN_REGION, "the file has no region to talk to")
                    .at(where("regions"))
                    .fix("regions: { eu: {} }")
                    .failure();
        }
        return topology().hostedRegions();
    }

    /**
     * A broker of a region.
     *
     * @throws CommandFailure when the region has no broker of that number
     */
    public Region.Broker broker(Region.Hosted region, int number) {
        return region.broker(number)
                .orElseThrow(() ->
                        CommandFailure.of(
                                        Code.UNKNOWN_BROKER,
                                        "region " + region.id() + " has no broker " + number)
                                .at(where("regions." + region.id()))
                                .seen(numbers(region.brokers().size()))
                                .fix("--id 1")
                                .failure());
    }

    /**
     * A controller of a region that has some of their own.
     *
     * @throws CommandFailure when the region has no controller of that number
     */
    public Region.Controller controller(Region.Hosted region, int number) {
        return region.controller(number)
                .orElseThrow(() -> {
                    int count = region.nodes().controllers().size();
                    return CommandFailure.of(
                                    Code.UNKNOWN_BROKER,
                                    "region " + region.id() + " has no controller " + number)
                            .at(where("regions." + region.id()))
                            .seen(
                                    count == 0
                                            ? "its brokers are its controllers, too"
                                            : "its controllers are numbered from 1 to " + count)
                            .fix(count == 0 ? "controllers: 3        in the file" : "--id 1")
                            .failure();
                });
    }

    /**
     * A broker, by its number, or a controller, by {@code c} and its number.
     *
     * @throws CommandFailure when the region has none of that name
     */
    public Region.Node node(Region.Hosted region, String shortName) {
        boolean controller = shortName.startsWith("c");
        String number = controller ? shortName.substring(1) : shortName;
        if (!number.matches("[0-9]{1,6}")) {
            throw CommandFailure.of(
                            Code.USAGE,
                            "'%s' is neither a broker nor a controller".formatted(shortName))
                    .at(where("regions." + region.id()))
                    .why("brokers go by their number, controllers by c and their number")
                    .fix("1, or c1 for a controller")
                    .failure();
        }
        return controller
                ? controller(region, Integer.parseInt(number))
                : broker(region, Integer.parseInt(number));
    }

    private static String numbers(int count) {
        return count == 1
                ? "it has one, with number 1"
                : "its brokers are numbered from 1 to " + count;
    }

    private CommandFailure unknown(String region) {
        List<String> known =
                topology().hostedRegions().stream().map(hosted -> hosted.id().name()).toList();
        boolean foreign =
                topology().regions().keySet().stream().map(RegionId::name).anyMatch(region::equals);
        String claim =
                foreign
                        ? "the brokers of region " + region + " are not ours"
                        : "the file has no region '" + region + "'";
        String nearest = NearestName.to(region, known).orElse(String.join(" or ", known));
        return CommandFailure.of(Code.UNKNOWN_REGION, claim)
                .at(where("regions"))
                .seen("its regions are " + String.join(", ", known))
                .fix("--region " + nearest)
                .failure();
    }
}
