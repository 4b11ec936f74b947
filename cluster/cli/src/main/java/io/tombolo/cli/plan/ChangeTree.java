package io.tombolo.cli.plan;

import io.tombolo.cli.output.Tree;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.plan.Change;
import io.tombolo.region.plan.Change.SetLink;
import io.tombolo.region.plan.World;
import io.tombolo.region.topology.LinkEntry.Ends;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Changes as JSON, and back. */
final class ChangeTree {

    private ChangeTree() {}

    static Tree treeOf(Change change) {
        Tree.Fields common =
                Tree.fields().with("kind", kind(change)).with("region", change.region().name());
        return switch (change) {
            case SetLink set ->
                    common.with("link", set.link().name())
                            .with("from", set.ends().from().name())
                            .with("to", set.ends().to().name())
                            .with("before", settings(set.before()))
                            .with("after", settings(set.after()));
            case Change.OfTopic of -> treeOf(of, common.with("topic", of.topic()));
        };
    }

    private static Tree treeOf(Change.OfTopic change, Tree.Fields common) {
        return switch (change) {
            case Change.CreateTopic made ->
                    common.with("partitions", made.partitions())
                            .with("replicas", made.replicas())
                            .with("configs", fields(made.configs()));
            case Change.SetConfig set ->
                    common.with("key", set.key())
                            .with("before", text(set.before()))
                            .with("after", text(set.after()));
            case Change.GrowTopic grown ->
                    common.with("before", grown.before()).with("after", grown.after());
            case Change.DeleteTopic deleted ->
                    common.with("partitions", deleted.before().partitions())
                            .with("replicas", deleted.before().replicas())
                            .with("configs", fields(deleted.before().configs()));
        };
    }

    static Change changeOf(Tree tree) {
        var region = new RegionId(tree.at("region").text());
        String topic = tree.at("topic").text();
        return switch (tree.at("kind").text()) {
            case "create" ->
                    new Change.CreateTopic(
                            region,
                            topic,
                            number(tree, "partitions"),
                            number(tree, "replicas"),
                            LiveWorld.configs(tree.at("configs")));
            case "set" ->
                    new Change.SetConfig(
                            region,
                            topic,
                            tree.at("key").text(),
                            LiveWorld.text(tree.at("before")),
                            LiveWorld.text(tree.at("after")));
            case "grow" ->
                    new Change.GrowTopic(
                            region, topic, number(tree, "before"), number(tree, "after"));
            case "delete" ->
                    new Change.DeleteTopic(
                            region,
                            topic,
                            new World.Topic(
                                    number(tree, "partitions"),
                                    number(tree, "replicas"),
                                    LiveWorld.configs(tree.at("configs"))));
            case "link" ->
                    new SetLink(
                            region,
                            new LinkName(tree.at("link").text()),
                            new Ends(
                                    new RegionId(tree.at("from").text()),
                                    new RegionId(tree.at("to").text())),
                            settings(tree.at("before")),
                            settings(tree.at("after")));
            default -> throw new IllegalArgumentException("no change is called " + tree.at("kind"));
        };
    }

    private static String kind(Change change) {
        return switch (change) {
            case Change.CreateTopic _ -> "create";
            case Change.SetConfig _ -> "set";
            case Change.GrowTopic _ -> "grow";
            case Change.DeleteTopic _ -> "delete";
            case SetLink _ -> "link";
        };
    }

    private static Tree settings(Optional<SortedMap<String, String>> settings) {
        return settings.<Tree>map(ChangeTree::fields).orElse(Tree.NOTHING);
    }

    private static Optional<SortedMap<String, String>> settings(Tree tree) {
        return tree.present() ? Optional.of(LiveWorld.configs(tree)) : Optional.empty();
    }

    private static int number(Tree tree, String name) {
        return (int) tree.at(name).number(0);
    }

    private static Tree text(Optional<String> value) {
        return value.<Tree>map(Tree.Text::new).orElse(Tree.NOTHING);
    }

    static Tree fields(Map<String, String> texts) {
        var entries = new TreeMap<String, Tree>();
        texts.forEach((key, value) -> entries.put(key, new Tree.Text(value)));
        return new Tree.Fields(entries);
    }
}
