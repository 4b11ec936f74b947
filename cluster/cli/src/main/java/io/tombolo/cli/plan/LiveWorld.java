package io.tombolo.cli.plan;

import io.tombolo.cli.admin.RegionAdmin;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.plan.World;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.LinkEntry.Ends;
import io.tombolo.region.topology.Region;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the regions of a file hold now, as they tell it themselves.
 *
 * @param regions how each was found, in file order
 */
public record LiveWorld(World world, List<Sight> regions) {

    /** A clock that is further off than this is told. */
    private static final long SKEW_MS_MAX = 1_000;

    /**
     * How a region was found.
     *
     * @param skewMs how far its clock is ahead of this machine's at least, 0 when it may be right
     */
    public record Sight(String region, int brokersActive, int brokersExpected, long skewMs) {

        /** As in {@code eu ✓ 3/3}. */
        String text() {
            return "%s %s %d/%d"
                    .formatted(
                            region,
                            brokersActive < brokersExpected ? "✗" : "✓",
                            brokersActive,
                            brokersExpected);
        }

        /** What is not as it should be. */
        List<String> warnings() {
            var all = new ArrayList<String>();
            if (brokersActive < brokersExpected) {
                all.add(
                        "%s: %d of %d brokers are there: what needs the others waits for them"
                                .formatted(region, brokersActive, brokersExpected));
            }
            if (skewMs != 0) {
                all.add(
                        "%s: its clock is %d ms %s this machine's; times of records and of retention follow it"
                                .formatted(
                                        region,
                                        Math.abs(skewMs),
                                        skewMs > 0 ? "ahead of" : "behind"));
            }
            return all;
        }
    }

    /**
     * Asks every region whose brokers are ours.
     *
     * @throws io.tombolo.cli.shell.CommandFailure when one does not answer
     */
    static LiveWorld of(Shell shell, LoadedFile file) {
        var holdings = new TreeMap<String, World.Holding>();
        var sights = new ArrayList<Sight>();
        for (Region.Hosted region : file.hostedOrAll(Optional.empty())) {
            long askedMs = System.currentTimeMillis();
            Tree objects = RegionAdmin.of(shell, file, region).require("/api/v1/objects");
            long answeredMs = System.currentTimeMillis();
            World.Holding holding = holding(objects);
            holdings.put(region.id().name(), holding);
            sights.add(
                    new Sight(
                            region.id().name(),
                            holding.brokersActive(),
                            region.brokers().size(),
                            skewMs(objects.at("wallTimeMs").number(0), askedMs, answeredMs)));
        }
        return new LiveWorld(new World(holdings), sights);
    }

    /**
     * How far a clock is ahead at least, behind if negative; 0 when it may be right.
     *
     * <p>The answer was written at some moment between the question and its arrival.
     */
    public static long skewMs(long toldMs, long askedMs, long answeredMs) {
        long ahead = toldMs - answeredMs;
        long behind = askedMs - toldMs;
        if (ahead > SKEW_MS_MAX) {
            return ahead;
        }
        return behind > SKEW_MS_MAX ? -behind : 0;
    }

    /** What a region holds, as {@code /api/v1/objects} tells it. */
    public static World.Holding holding(Tree objects) {
        var topics = new TreeMap<String, World.Topic>();
        for (Tree topic : objects.at("topics").items()) {
            topics.put(topic.at("name").text(), topic(topic));
        }
        var links = new TreeMap<String, World.Link>();
        for (Tree link : objects.at("links").items()) {
            links.put(link.at("name").text(), link(link));
        }
        return new World.Holding(
                (int) objects.at("brokersActive").number(0),
                topics,
                links,
                new TreeSet<>(texts(objects.at("knows"))));
    }

    /** Settings that a region keeps none of are there with their defaults. */
    private static World.Link link(Tree link) {
        var name = new LinkName(link.at("name").text());
        var ends =
                new Ends(new RegionId(link.at("from").text()), new RegionId(link.at("to").text()));
        SortedMap<String, String> kept = configs(link.at("settings"));
        return new World.Link(
                ends,
                LinkEntry.of(name, ends, kept).settings(FailoverPolicy.following(name, kept)),
                new World.Condition(
                        link.at("paused").flag(),
                        link.at("retired").flag(),
                        link.at("moving").flag(),
                        text(link.at("owner")).map(RegionId::new)));
    }

    static World.Topic topic(Tree topic) {
        return new World.Topic(
                (int) topic.at("partitions").number(0),
                (int) topic.at("replicas").number(0),
                configs(topic.at("configs")),
                text(topic.at("mirrorOf")).map(LinkName::new),
                owner(topic.at("ownedBy")));
    }

    private static Optional<World.Owner> owner(Tree owner) {
        return owner.present()
                ? Optional.of(
                        new World.Owner(
                                new RegionId(owner.at("region").text()),
                                new DomainName(owner.at("domain").text()),
                                owner.at("epoch").number(0)))
                : Optional.empty();
    }

    static SortedMap<String, String> configs(Tree tree) {
        var configs = new TreeMap<String, String>();
        if (tree instanceof Tree.Fields(var entries)) {
            entries.forEach((key, value) -> configs.put(key, value.text()));
        }
        return configs;
    }

    static Optional<String> text(Tree tree) {
        return tree.present() ? Optional.of(tree.text()) : Optional.empty();
    }

    private static List<String> texts(Tree list) {
        return list.items().stream().map(Tree::text).toList();
    }
}
