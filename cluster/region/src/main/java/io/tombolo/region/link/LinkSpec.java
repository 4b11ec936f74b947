package io.tombolo.region.link;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;

import java.time.Duration;
import java.util.List;

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
     */
    public record Selection(NameFilter topics, NameFilter groups) {}

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
