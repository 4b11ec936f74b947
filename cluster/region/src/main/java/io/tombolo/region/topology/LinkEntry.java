package io.tombolo.region.topology;

import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.LinkSpec.Selection;
import io.tombolo.region.link.NameFilter;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One entry of {@code links:}: an offset-preserving copy of some topics from one region to another.
 *
 * @param selection which topics are copied, how and from where on, and the committed offsets of
 *     which groups, among those that read these topics
 */
public record LinkEntry(LinkName name, Route route, Selection selection, Sync sync, Limits limits) {

    /** The setting that has the patterns of topics, comma-separated. */
    public static final String TOPICS = LinkSettings.TOPICS;

    /** The setting that has the template of the names of copies. */
    public static final String RENAME = LinkSettings.RENAME;

    /** Which topics are copied, by their names at the source. */
    public NameFilter topics() {
        return selection.topics();
    }

    /** The same by the names of the copies. */
    public NameFilter copies() {
        return selection.renaming().copiesOf(selection.topics());
    }

    /** Whose committed offsets are copied. */
    public NameFilter groups() {
        return selection.groups();
    }

    /** The region that is read. */
    public RegionId from() {
        return route.from();
    }

    /** The region that receives the copy; its brokers are ours and do the work. */
    public RegionId to() {
        return route.to();
    }

    /** Both regions. */
    public Ends ends() {
        return new Ends(from(), to());
    }

    /** The ownership domain of the topics of this link: in this release, one domain per link. */
    public DomainName domain() {
        return new DomainName(name.name());
    }

    /** What metadata and plans keep of it and of the policies that follow it: texts by name. */
    public SortedMap<String, String> settings(Collection<FailoverPolicy> policies) {
        return LinkSettings.of(this, policies);
    }

    /**
     * The link that settings describe; what they do not say is as by default.
     *
     * @throws IllegalArgumentException when a value is none
     */
    public static LinkEntry of(LinkName name, Ends ends, SortedMap<String, String> settings) {
        return LinkSettings.link(name, ends, settings);
    }

    /** The same link the other way, once its destination owns the topics. */
    public LinkEntry reversed() {
        var back = new Route(route.to(), route.from(), route.reverse());
        return new LinkEntry(name, back, selection, sync, limits);
    }

    /** Where a link reads and where it writes; they never change. */
    public record Ends(RegionId from, RegionId to) {

        /** As in {@code eu → us}. */
        @Override
        public String toString() {
            return from + " → " + to;
        }
    }

    /** Direction of a link, and what is kept ready for the way back. */
    public record Route(RegionId from, RegionId to, Reverse reverse) {}

    /** Whether the opposite direction is prepared, so that a failback is one command. */
    public enum Reverse {
        NONE,
        STANDBY
    }

    /**
     * What goes along with the records.
     *
     * @param configs whether topic configs follow the source
     * @param acls whether access rules follow the source
     * @param offsets how often committed offsets are copied; empty when never
     */
    public record Sync(boolean configs, boolean acls, Optional<Duration> offsets) {

        /** Configs follow, offsets every second, access rules stay local. */
        public static final Sync STANDARD =
                new Sync(true, false, Optional.of(Duration.ofSeconds(1)));
    }

    /**
     * Bounds on a link; empty means none.
     *
     * @param rate the most bytes per second that the link reads
     * @param maxLag the lag in time above which the link is reported as late
     */
    public record Limits(Optional<ByteRate> rate, Optional<Duration> maxLag) {

        /** No bound at all. */
        public static final Limits NONE = new Limits(Optional.empty(), Optional.empty());

        /** The most bytes per second; 0 for no bound. */
        public long bytesPerSecondMax() {
            return rate.map(ByteRate::bytesPerSecond).orElse(0L);
        }
    }
}
