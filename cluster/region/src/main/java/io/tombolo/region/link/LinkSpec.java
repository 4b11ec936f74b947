package io.tombolo.region.link;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a link is meant to do, as the metadata image has it.
 *
 * @param name unique in the region
 * @param source where the records come from
 * @param selection which of them
 * @param intent what changes during the life of the link
 */
public record LinkSpec(
        LinkName name,
        LinkType type,
        Source source,
        Selection selection,
        Settings settings,
        Intent intent) {

    /**
     * The cluster that is copied: a region of ours or any Apache Kafka.
     *
     * @param bootstrap at least one address
     */
    public record Source(RegionId region, List<Endpoint> bootstrap) {
        public Source {
            bootstrap = List.copyOf(bootstrap);
            if (bootstrap.isEmpty()) {
                throw new IllegalArgumentException("a link source needs a bootstrap address");
            }
        }
    }

    /**
     * Which topics are mirrored and which groups have their offsets synchronised, by name at the
     * source.
     *
     * @param renaming what the copies are called
     * @param start where the copies of topics begin that the source has already
     * @param gap how a copy goes on when the source has deleted what comes next
     * @param recreate what becomes of a copy whose source topic was made anew
     */
    public record Selection(
            NameFilter topics,
            NameFilter groups,
            Renaming renaming,
            Start start,
            Gap gap,
            Recreate recreate) {

        /** Copies of the same names, from the first record on. */
        public Selection(NameFilter topics, NameFilter groups) {
            this(topics, groups, Renaming.NONE, new Start.Earliest(), Gap.FAIL, Recreate.FAIL);
        }

        /** Whether a topic of this name here is a copy of one that is mirrored. */
        public boolean copies(String name) {
            return renaming.sourceOf(name).filter(topics::includes).isPresent();
        }

        /**
         * Whether the copies are the topics themselves, name and records: only then can their
         * region take over.
         */
        public boolean whole() {
            return renaming.equals(Renaming.NONE) && start instanceof Start.Earliest;
        }
    }

    /**
     * What copies are called: the name at the source between two texts, which never change while
     * there are copies.
     */
    public record Renaming(String before, String after) {

        /** Copies are called as their sources. */
        public static final Renaming NONE = new Renaming("", "");

        /** Stands for the name at the source. */
        public static final String TOPIC = "{topic}";

        /** The renaming of a template such as {@code eu.{topic}}; empty when it is none. */
        public static Optional<Renaming> of(String template) {
            int at = template.indexOf(TOPIC);
            if (at < 0) {
                return Optional.empty();
            }
            var renaming =
                    new Renaming(
                            template.substring(0, at), template.substring(at + TOPIC.length()));
            // Names that begin with __ belong to the brokers.
            boolean legal =
                    (renaming.before + renaming.after).matches("[a-zA-Z0-9._-]*")
                            && !renaming.before.startsWith("_");
            return legal ? Optional.of(renaming) : Optional.empty();
        }

        /** The name of the copy. */
        public String copyOf(String source) {
            return before + source + after;
        }

        /** The name at the source; empty when no copy is called like that. */
        public Optional<String> sourceOf(String copy) {
            boolean fits =
                    copy.length() > before.length() + after.length()
                            && copy.startsWith(before)
                            && copy.endsWith(after);
            return fits
                    ? Optional.of(copy.substring(before.length(), copy.length() - after.length()))
                    : Optional.empty();
        }

        /** Chooses the copies of what a filter chooses. */
        public NameFilter copiesOf(NameFilter topics) {
            return new NameFilter(
                    topics.patterns().stream()
                            .map(pattern ->
                                    pattern.startsWith("!")
                                            ? "!" + copyOf(pattern.substring(1))
                                            : copyOf(pattern))
                            .toList());
        }

        /** The template. */
        @Override
        public String toString() {
            return before + TOPIC + after;
        }
    }

    /**
     * Where the copy of a topic begins that the source had before the link, or before the link's
     * filter included it. What the source gets later is copied from its first record on.
     */
    public sealed interface Start {

        /** At the first record that the source has. */
        record Earliest() implements Start {
            @Override
            public String toString() {
                return "earliest";
            }
        }

        /** After the last one. */
        record Latest() implements Start {
            @Override
            public String toString() {
                return "latest";
            }
        }

        /**
         * At the first record that is not older; after the last one when all are.
         *
         * @param time from 1970 on, before the year 10000
         */
        record At(Instant time) implements Start {

            /** The first moment that is too late. */
            private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

            public At {
                if (time.isBefore(Instant.EPOCH) || !time.isBefore(END)) {
                    throw new IllegalArgumentException(time + " is no time of a record");
                }
            }

            @Override
            public String toString() {
                return time.toString();
            }
        }
    }

    /** What becomes of a copy when the source has deleted records before they were copied. */
    public enum Gap {
        /** It fails, and keeps what it has, until somebody decides. */
        FAIL,
        /** The gap is written down, and the copy begins anew where the source begins. */
        JUMP
    }

    /** What becomes of a copy when its source topic is deleted and made again. */
    public enum Recreate {
        /** It fails, and keeps what it has, until somebody decides. */
        FAIL,
        /** It is deleted, and a copy of the new topic is made in its place. */
        RESTART
    }

    /**
     * What may change at any time.
     *
     * @param paused nothing moves, but the distance to the source is still measured
     * @param ownershipEpoch the epoch of the ownership record under which this link writes; goes
     *     with every append so that a link that has been overtaken is refused
     */
    public record Intent(boolean paused, long ownershipEpoch) {}

    /**
     * How the link works.
     *
     * @param syncConfigs whether configurations of mirrored topics follow the source
     * @param syncOffsets how often group offsets are copied; zero switches it off
     * @param propagateResets whether a group that was set back at the source is set back here
     * @param refreshTopics how often topics, partitions and configurations are looked up
     * @param lagMax the lag in time above which the link is late; zero for none
     */
    public record Settings(
            boolean syncConfigs,
            Duration syncOffsets,
            boolean propagateResets,
            Duration refreshTopics,
            Volume volume,
            Duration lagMax) {
        public Settings {
            if (lagMax.isNegative() || syncOffsets.isNegative() || refreshTopics.toMillis() < 10) {
                throw new IllegalArgumentException("the intervals of a link are too short");
            }
        }

        /** Offsets each second, topics every two. */
        public static Settings standard() {
            return new Settings(
                    true,
                    Duration.ofSeconds(1),
                    true,
                    Duration.ofSeconds(2),
                    Volume.STANDARD,
                    Duration.ZERO);
        }
    }

    /**
     * How much the link carries.
     *
     * @param fetchBytesMax bytes asked for in one fetch, ≥ 64 KiB
     * @param inFlightBytesMax bytes fetched and not yet appended, ≥ fetchBytesMax; above it no
     *     fetch is sent
     * @param bytesPerSecondMax bytes that all brokers of the region fetch in a second, in the mean;
     *     0 for no limit
     */
    public record Volume(int fetchBytesMax, long inFlightBytesMax, long bytesPerSecondMax) {

        /** 16 MiB fetches, 64 MiB in flight, as fast as it goes. */
        public static final Volume STANDARD = new Volume(16 << 20, 64L << 20, 0);

        public Volume {
            if (fetchBytesMax < 64 * 1024 || inFlightBytesMax < fetchBytesMax) {
                throw new IllegalArgumentException("the fetch sizes of a link are too small");
            }
            if (bytesPerSecondMax < 0) {
                throw new IllegalArgumentException("a limit of " + bytesPerSecondMax + " B/s");
            }
        }

        /** The same with another limit. */
        public Volume limitedTo(long bytesPerSecond) {
            return new Volume(fetchBytesMax, inFlightBytesMax, bytesPerSecond);
        }
    }

    /** The same link, paused or not. */
    public LinkSpec withPaused(boolean paused) {
        return withIntent(new Intent(paused, intent.ownershipEpoch()));
    }

    /** The same link with another intent. */
    public LinkSpec withIntent(Intent changed) {
        return new LinkSpec(name, type, source, selection, settings, changed);
    }
}
