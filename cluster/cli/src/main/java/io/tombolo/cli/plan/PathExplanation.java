package io.tombolo.cli.plan;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.RegionId;
import io.tombolo.region.config.ConfigCatalogue;
import io.tombolo.region.config.ConfigDefinition;
import io.tombolo.region.plan.Declared;
import io.tombolo.region.plan.World;
import io.tombolo.region.topology.Topics;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where a value comes from: what the file says, where, and who set what is in force. */
public final class PathExplanation {

    private static final String CONFIG = "config.";

    private final Shell shell;
    private final LoadedFile file;
    private final String path;

    /** What one region has, and who set it. */
    private record Live(String region, String value, String owner) {}

    private PathExplanation(Shell shell, LoadedFile file, String path) {
        this.shell = shell;
        this.file = file;
        this.path = path;
    }

    /**
     * Prints it. Regions that do not answer are told of; what the file says is known without them.
     *
     * @throws CommandFailure when the file has no such path, nor could have
     */
    public static void print(Shell shell, String path) {
        new PathExplanation(shell, LoadedFile.of(shell), path).print();
    }

    private void print() {
        Optional<String> value = inFile();
        Optional<String> place = place();
        List<Live> live = live();
        if (value.isEmpty() && place.isEmpty() && live.isEmpty()) {
            throw CommandFailure.of(Code.UNKNOWN_PATH, "nothing is known of " + path)
                    .at(path)
                    .seen("the file does not say it, and no region has it")
                    .fix(
                            "topics.NAME.partitions, topics.NAME.config.KEY, links.NAME.topics, or"
                                    + " any key of the file")
                    .failure();
        }
        Tree tree =
                Tree.fields()
                        .with("path", path)
                        .with("file", value.<Tree>map(Tree.Text::new).orElse(Tree.NOTHING))
                        .with("place", place.<Tree>map(Tree.Text::new).orElse(Tree.NOTHING))
                        .with(
                                "default",
                                definition()
                                        .flatMap(ConfigDefinition::defaultValue)
                                        .<Tree>map(Tree.Text::new)
                                        .orElse(Tree.NOTHING))
                        .with(
                                "live",
                                Tree.list(
                                        live,
                                        one ->
                                                Tree.fields()
                                                        .with("region", one.region())
                                                        .with("value", one.value())
                                                        .with("owner", one.owner())));
        shell.print(tree, () -> text(value, place, live));
    }

    private String text(Optional<String> value, Optional<String> place, List<Live> live) {
        var text = new StringBuilder(path).append('\n');
        String told = value.orElse(place.isPresent() ? "written there" : "not said");
        text.append("  file      %s%s\n".formatted(told, place.map(at -> "   " + at).orElse("")));
        definition()
                .ifPresent(config ->
                        text.append(
                                "  default   %s   %s%s\n"
                                        .formatted(
                                                config.defaultValue().orElse("none"),
                                                config.type(),
                                                config.range().isEmpty()
                                                        ? ""
                                                        : " " + config.range())));
        for (Live one : live) {
            text.append(
                    "  %-9s %s   set by %s\n".formatted(one.region(), one.value(), one.owner()));
        }
        return text.toString();
    }

    /** Where the file says it: itself, or as a default of all topics. */
    private Optional<String> place() {
        return file.valid()
                .where(path)
                .or(() ->
                        declared() != null
                                ? file.valid().where("defaults.topic." + field())
                                : Optional.empty())
                .map(where ->
                        "%s:%d:%d %s"
                                .formatted(
                                        where.file(), where.line(), where.column(), where.path()));
    }

    private Optional<String> inFile() {
        Topics.Topic topic = declared();
        if (topic != null) {
            return switch (field()) {
                case "in" -> Optional.of(topic.in());
                case "partitions" -> Optional.of(Integer.toString(topic.partitions()));
                case "replicas" -> Optional.of(Integer.toString(topic.replicas()));
                default -> config().map(key -> topic.config().get(key));
            };
        }
        return linkPath().flatMap(LinkPath::inFile);
    }

    /** The path as one of a link or of a failover policy. */
    private Optional<LinkPath> linkPath() {
        return LinkPath.of(file.topology(), path);
    }

    private List<Live> live() {
        var all = new ArrayList<Live>();
        Optional<String> topic = subject("topics.");
        Optional<LinkPath> link = linkPath();
        if (topic.isEmpty() && link.isEmpty()) {
            return all;
        }
        try {
            LiveWorld world = LiveWorld.of(shell, file);
            Declared before = new PlanStore(shell, file).declared();
            world.world()
                    .regions()
                    .forEach((region, holding) -> {
                        link.flatMap(one -> one.in(holding))
                                .map(value -> new Live(region, value, owner(link, value)))
                                .ifPresent(all::add);
                        World.Topic there = holding.topics().get(topic.orElse(""));
                        if (there != null) {
                            value(there)
                                    .map(value ->
                                            new Live(region, value, owner(region, there, before)))
                                    .ifPresent(all::add);
                        }
                    });
        } catch (CommandFailure unreachable) {
            shell.warn(String.valueOf(unreachable.getMessage()));
        }
        return all;
    }

    /** Nobody but the file sets what a link is; who has not written it has the default. */
    private String owner(Optional<LinkPath> link, String value) {
        boolean same = link.flatMap(LinkPath::inFile).filter(value::equals).isPresent();
        if (!same) {
            return "file, which says otherwise by now";
        }
        return file.valid().where(path).isPresent() ? "file" : "default";
    }

    private Optional<String> value(World.Topic there) {
        return switch (field()) {
            case "partitions" -> Optional.of(Integer.toString(there.partitions()));
            case "replicas" -> Optional.of(Integer.toString(there.replicas()));
            default ->
                    definition()
                            .flatMap(config ->
                                    Optional.ofNullable(there.configs().get(config.name()))
                                            .or(config::defaultValue));
        };
    }

    private String owner(String region, World.Topic there, Declared before) {
        Topics.Topic topic = declared();
        if (there.mirrorOf().isPresent() && !field().equals("replicas")) {
            return "link:" + there.mirrorOf().get();
        }
        Optional<String> key = config();
        if (key.isPresent() && !there.configs().containsKey(key.get())) {
            return "default";
        }
        boolean says =
                topic != null
                        && topic.in().equals(region)
                        && key.map(topic.config()::containsKey).orElse(true);
        if (says) {
            return value(there).equals(inFile()) ? "file" : "runtime, and the file says otherwise";
        }
        boolean removed =
                key.isPresent()
                        && subject("topics.")
                                .filter(name -> before.has(new RegionId(region), name, key.get()))
                                .isPresent();
        return removed ? "file, which says it no more" : "runtime";
    }

    private Topics.@Nullable Topic declared() {
        return subject("topics.")
                .map(name -> file.topology().topics().declared().get(name))
                .orElse(null);
    }

    private Optional<ConfigDefinition> definition() {
        return config().flatMap(ConfigCatalogue.TOPIC::find);
    }

    /** The name of a topic config, where the path is one's. */
    private Optional<String> config() {
        return subject("topics.").isPresent() && field().startsWith(CONFIG)
                ? Optional.of(field().substring(CONFIG.length()))
                : Optional.empty();
    }

    /** The name between the section and the field; names may have dots, fields are known. */
    private Optional<String> subject(String section) {
        String field = field();
        return path.startsWith(section) && path.length() > section.length() + field.length() + 1
                ? Optional.of(path.substring(section.length(), path.length() - field.length() - 1))
                : Optional.empty();
    }

    private String field() {
        int config = path.indexOf("." + CONFIG);
        return path.substring((config >= 0 ? config : path.lastIndexOf('.')) + 1);
    }
}
