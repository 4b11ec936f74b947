package io.tombolo.metadata.record;

import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.LinkSpec.Renaming;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.topology.LinkEntry;

import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What happens to links and to the topics that they mirror. */
public sealed interface LinkRecord extends MetadataRecord {

    /**
     * A link exists, not paused; or its definition is replaced (its pause stays as it is).
     *
     * @param sourceRegion the region that records come from
     * @param destinationRegion the region that they go to; one of the two is this region
     * @param settings as {@link LinkEntry#settings} names them; never secrets, only references to
     *     them
     */
    record LinkDefined(
            LinkName link,
            Uuid linkId,
            RegionId sourceRegion,
            RegionId destinationRegion,
            SortedMap<String, String> settings)
            implements LinkRecord {

        /**
         * The setting that chooses topics: patterns, comma-separated. Without it there are none.
         */
        public static final String TOPICS = LinkEntry.TOPICS;

        /**
         * The setting of a link that was removed while it had mirror topics. It has no topics any
         * more; its id, regions and renaming stay, so that nothing else takes its mirrors for its
         * own.
         */
        public static final String RETIRED = "retired";

        public LinkDefined {
            settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        }

        /** Which topics of the source it copies. */
        public NameFilter topics() {
            return new NameFilter(List.of(settings.getOrDefault(TOPICS, "").split(",")));
        }

        /** What it calls the copies. */
        public Renaming renaming() {
            return Renaming.of(settings.getOrDefault(LinkEntry.RENAME, Renaming.TOPIC))
                    .orElse(Renaming.NONE);
        }

        /** The same link, when it is removed and its name has to stay. */
        public LinkDefined retire() {
            var kept = new TreeMap<>(Map.of(RETIRED, Boolean.toString(true)));
            if (settings.containsKey(LinkEntry.RENAME)) {
                kept.put(LinkEntry.RENAME, settings.get(LinkEntry.RENAME));
            }
            return new LinkDefined(link, linkId, sourceRegion, destinationRegion, kept);
        }
    }

    /** The link was paused or resumed as a whole. */
    record LinkPaused(LinkName link, boolean paused) implements LinkRecord {}

    /** The link is gone; it has no mirror topics any more, except stopped ones. */
    record LinkRemoved(LinkName link) implements LinkRecord {}

    /**
     * A topic is a mirror, in state {@link MirrorTopic.State#MIRRORING}.
     *
     * @param origin its source; of the same topic id unless the topic is renamed
     */
    record MirrorTopicDefined(Uuid topicId, LinkName link, MirrorTopic.Origin origin)
            implements LinkRecord {

        private static final int STARTS = 0;
        private static final int LEFT = 1;

        /** A mirror that begins where its source does. */
        public MirrorTopicDefined(Uuid topicId, LinkName link, Uuid sourceTopicId) {
            this(topicId, link, new MirrorTopic.Origin(sourceTopicId, List.of()));
        }

        /** Writes its fields. Starts, and what was left, are tagged, where there are any. */
        void write(FieldWriter to) {
            List<Long> starts = origin.starts();
            List<Uuid> left = origin.left();
            to.uuid(topicId).string(link.name()).uuid(origin.topicId());
            to.tags((starts.isEmpty() ? 0 : 1) + (left.isEmpty() ? 0 : 1));
            if (!starts.isEmpty()) {
                to.tag(STARTS, field -> field.list(starts, FieldWriter::number));
            }
            if (!left.isEmpty()) {
                to.tag(LEFT, field -> field.list(left, FieldWriter::uuid));
            }
        }

        static MirrorTopicDefined read(FieldReader from) {
            Uuid topicId = from.uuid();
            var link = new LinkName(from.string());
            Uuid source = from.uuid();
            var starts = new ArrayList<Long>();
            var left = new ArrayList<Uuid>();
            from.tags((tag, field) ->
                    switch (tag) {
                        case STARTS -> starts.addAll(field.list(1, FieldReader::number));
                        case LEFT -> left.addAll(field.list(16, FieldReader::uuid));
                        default -> false;
                    });
            return new MirrorTopicDefined(
                    topicId, link, new MirrorTopic.Origin(source, starts, left));
        }
    }

    /**
     * A mirror topic has a new state.
     *
     * @param reason why, for people; empty when there is nothing to say
     */
    record MirrorTopicStateChanged(Uuid topicId, MirrorTopic.State state, String reason)
            implements LinkRecord {}

    /**
     * What a link has set on a mirror topic, because its source has it. What is set there besides,
     * or differently, was chosen in this region.
     *
     * @param configs all of it, in place of what was known before
     */
    record MirrorConfigsFollowed(Uuid topicId, SortedMap<String, String> configs)
            implements LinkRecord {

        public MirrorConfigsFollowed {
            configs = Collections.unmodifiableSortedMap(new TreeMap<>(configs));
        }
    }

    /**
     * The copy of a partition has come to its end, because this region takes over.
     *
     * @param ownershipEpoch under which it does; a higher one than before begins anew
     */
    record MirrorPartitionSettled(Uuid topicId, int index, long ownershipEpoch, CopyEnd end)
            implements LinkRecord {}

    /**
     * No group of a partition of {@code __consumer_offsets} is beyond the ends of these topics.
     *
     * @param clamped the positions that were
     */
    record MirrorOffsetsClamped(
            SortedSet<Uuid> topicIds, int offsetsPartition, List<ClampedPosition> clamped)
            implements LinkRecord {

        public MirrorOffsetsClamped {
            topicIds = Collections.unmodifiableSortedSet(new TreeSet<>(topicIds));
            clamped = List.copyOf(clamped);
        }
    }

    /**
     * Transactions have been found open in a partition that this region takes over, or may be: its
     * leader has to end them, unless that has been done.
     *
     * @param ownershipEpoch under which it does; a higher one than before begins anew
     * @param open all that are known, in place of what was known before
     */
    record MirrorTransactionsFound(
            Uuid topicId, int index, long ownershipEpoch, OpenTransactions open)
            implements LinkRecord {}

    /** None of the transactions that were found in a partition is open any more. */
    record MirrorTransactionsAborted(Uuid topicId, int index) implements LinkRecord {}

    /**
     * The leader of a partition has looked which of the transactions that were found open in other
     * partitions are committed in this one.
     *
     * @param torn those that are
     */
    record MirrorTransactionsCompared(Uuid topicId, int index, List<TornTransaction> torn)
            implements LinkRecord {

        public MirrorTransactionsCompared {
            torn = List.copyOf(torn);
        }
    }

    /**
     * A transaction that is committed in a partition, and open in the copy of another one.
     *
     * @param producerEpoch in which its records were produced
     * @param firstOffset of its first record in the partition; −1 when that is further back than
     *     was looked
     * @param markerOffset of the marker that committed it there
     */
    record TornTransaction(
            long producerId, int producerEpoch, long firstOffset, long markerOffset) {

        /** The fewest bytes that {@link #write} makes. */
        public static final int BYTES_MIN = 4;

        /** Writes it as a part of a record or a command. */
        public void write(FieldWriter to) {
            to.number(producerId).number(producerEpoch).number(firstOffset).number(markerOffset);
        }

        /** Reads what {@link #write} wrote. */
        public static TornTransaction read(FieldReader from) {
            return new TornTransaction(
                    from.number(), from.smallNumber(), from.number(), from.number());
        }
    }

    /**
     * A topic that another region has taken over comes back as a mirror, in state {@link
     * MirrorTopic.State#RETURNING}.
     *
     * @param ownershipEpoch under which the other region owns it
     * @param copies by partition, where the copy ended that the other region took over
     */
    record MirrorReturned(
            Uuid topicId, LinkName link, long ownershipEpoch, SortedMap<Integer, CopyEnd> copies)
            implements LinkRecord {

        public MirrorReturned {
            copies = Collections.unmodifiableSortedMap(new TreeMap<>(copies));
        }
    }

    /** What only this region has of a partition was found out. */
    record DivergenceFound(Uuid topicId, int index, Divergence divergence) implements LinkRecord {}

    /**
     * What only this region has of a partition was copied to where it outlives the cut.
     *
     * @param where for people
     */
    record DivergenceExported(Uuid topicId, int index, String where) implements LinkRecord {}

    /**
     * The replicas of a partition lose what lies at or above an offset, before they lead or follow
     * again.
     *
     * @param pending brokers that have not said yet that they have cut, in place of what was known
     *     before; each does it once it hears of this, whenever that is
     */
    record ReplicasToCut(Uuid topicId, int index, long offset, BrokerIds pending)
            implements LinkRecord {}

    /**
     * Another region writes to a partition from an offset on. What was known of those before it
     * stays.
     *
     * @param reign under a higher ownership epoch than the one before it
     */
    record LineageExtended(Uuid topicId, int index, Reign reign) implements LinkRecord {}

    /**
     * The source of a partition deleted records before they were copied, and the copy is to go on
     * behind them. It is written down before the copy does, perhaps more than once: what overlaps
     * is one gap.
     */
    record GapRecorded(Uuid topicId, int index, MirrorTopic.Gap gap) implements LinkRecord {}

    /**
     * An entry of a partition's lineage: from where on which region has written to it. It ends
     * where the next one begins.
     *
     * @param ownershipEpoch under which it began; {@link #FIRST} of the region that wrote first
     * @param startOffset of its first record; −1 when nobody could tell
     * @param startLeaderEpoch the leader epoch that it began with; −1 when only the other region
     *     knows
     */
    record Reign(long ownershipEpoch, RegionId region, long startOffset, int startLeaderEpoch) {

        /** The ownership epoch of whoever wrote before the partition ever changed hands. */
        public static final long FIRST = 0;

        public Reign {
            if (ownershipEpoch < FIRST || startOffset < -1 || startLeaderEpoch < -1) {
                throw new IllegalArgumentException(
                        "no reign of %s begins at %d, leader epoch %d, ownership epoch %d"
                                .formatted(region, startOffset, startLeaderEpoch, ownershipEpoch));
            }
        }

        void write(FieldWriter to) {
            to.number(ownershipEpoch)
                    .string(region.name())
                    .number(startOffset)
                    .number(startLeaderEpoch);
        }

        static Reign read(FieldReader from) {
            return new Reign(
                    from.number(), new RegionId(from.string()), from.number(), from.smallNumber());
        }
    }

    /**
     * The records of a partition that only this region has: those of [fromOffset, toOffset).
     *
     * @param cutOffset where the log is cut; below fromOffset when the log begins above it
     * @param recordCount without control records
     * @param bytes of their batches, as they are stored
     * @param firstTimestampMs the lowest timestamp among them, −1 when there is none
     * @param lastTimestampMs the highest
     */
    record Divergence(
            long cutOffset,
            long fromOffset,
            long toOffset,
            long recordCount,
            long bytes,
            long firstTimestampMs,
            long lastTimestampMs) {

        public Divergence {
            if (cutOffset < 0 || fromOffset < cutOffset || toOffset < fromOffset) {
                throw new IllegalArgumentException(
                        "[%d, %d) cannot be cut at %d".formatted(fromOffset, toOffset, cutOffset));
            }
        }

        /** Whether there is nothing. */
        public boolean isEmpty() {
            return toOffset == fromOffset;
        }

        /** Writes it as a part of a record or a command. */
        public void write(FieldWriter to) {
            to.number(cutOffset).number(fromOffset).number(toOffset);
            to.number(recordCount).number(bytes).number(firstTimestampMs).number(lastTimestampMs);
        }

        /** Reads what {@link #write} wrote. */
        public static Divergence read(FieldReader from) {
            return new Divergence(
                    from.number(),
                    from.number(),
                    from.number(),
                    from.number(),
                    from.number(),
                    from.number(),
                    from.number());
        }
    }

    /**
     * Where the copy of a partition ended when its region took over.
     *
     * @param endOffset everything below it is a faithful copy that no election loses
     * @param highestEpoch the highest leader epoch among the mirrored batches, −1 when there is
     *     none
     * @param missing records known to be at the source and not here, −1 when nobody knew
     * @param complete whether the log really ended there; otherwise too few replicas were in sync
     *     to tell, and what lies beyond may stay or go
     */
    record CopyEnd(long endOffset, int highestEpoch, long missing, boolean complete) {

        /** How few bytes it can take behind a number. */
        public static final int BYTES_MIN = 5;

        public CopyEnd {
            if (endOffset < 0 || highestEpoch < -1 || missing < -1) {
                throw new IllegalArgumentException(
                        "no copy ends at %d, epoch %d, %d missing"
                                .formatted(endOffset, highestEpoch, missing));
            }
        }

        /** Writes it as a part of a record or a command. */
        public void write(FieldWriter to) {
            to.number(endOffset).number(highestEpoch).number(missing).flag(complete);
        }

        /** Reads what {@link #write} wrote. */
        public static CopyEnd read(FieldReader from) {
            return new CopyEnd(from.number(), from.smallNumber(), from.number(), from.flag());
        }
    }

    /**
     * A position of a group that lay beyond the copy when its region took over.
     *
     * @param from where the group was
     * @param to where it goes on: the end of the copy
     */
    record ClampedPosition(String group, Uuid topicId, int index, long from, long to) {

        /** How few bytes it can take. */
        public static final int BYTES_MIN = 20;

        /** Writes it as a part of a record or a command. */
        public void write(FieldWriter out) {
            out.string(group).uuid(topicId).number(index).number(from).number(to);
        }

        /** Reads what {@link #write} wrote. */
        public static ClampedPosition read(FieldReader in) {
            return new ClampedPosition(
                    in.string(), in.uuid(), in.smallNumber(), in.number(), in.number());
        }
    }

    /**
     * Transactions that had not ended in the copy of a partition when its region took it over.
     * Nobody else can end them: their coordinator is at the source.
     *
     * @param count how many there are; −1 as long as nobody has looked
     * @param told which, in the order of their first offsets; {@link #TOLD_MAX} at most
     */
    record OpenTransactions(int count, List<OpenTransaction> told) {

        /** So many of one partition are told one by one. */
        public static final int TOLD_MAX = 100;

        private static final Comparator<OpenTransaction> BY_OFFSET =
                Comparator.comparingLong(OpenTransaction::firstOffset)
                        .thenComparingLong(OpenTransaction::producerId);

        /** There is none. */
        public static final OpenTransactions NONE = new OpenTransactions(0, List.of());

        /** Nobody has looked yet. */
        public static final OpenTransactions UNKNOWN = new OpenTransactions(-1, List.of());

        private static final int TOLD_BYTES_MIN = 4;

        /**
         * One of them.
         *
         * @param firstOffset of its first record in this partition
         * @param recordCount its records in this partition; −1 when that cannot be told any more
         */
        public record OpenTransaction(
                long producerId, int producerEpoch, long firstOffset, long recordCount) {}

        public OpenTransactions {
            told = told.stream().sorted(BY_OFFSET).limit(TOLD_MAX).toList();
            if (count < -1 || count >= 0 && count < told.size()) {
                throw new IllegalArgumentException(count + " transactions, told are " + told);
            }
        }

        /** All of these. */
        public static OpenTransactions of(List<OpenTransaction> all) {
            return new OpenTransactions(all.size(), all);
        }

        /** Whether nothing in others is news. */
        public boolean covers(OpenTransactions others) {
            return count >= others.count
                    && (told.size() == TOLD_MAX || told.containsAll(others.told));
        }

        /** These, and what others found. */
        public OpenTransactions and(OpenTransactions others) {
            var all = new TreeSet<>(BY_OFFSET);
            all.addAll(told);
            all.addAll(others.told);
            int most = Math.max(Math.max(count, others.count), all.size());
            return new OpenTransactions(most, List.copyOf(all));
        }

        /** Writes it as a part of a record or a command. */
        public void write(FieldWriter to) {
            to.number(count)
                    .list(
                            told,
                            (out, one) ->
                                    out.number(one.producerId())
                                            .number(one.producerEpoch())
                                            .number(one.firstOffset())
                                            .number(one.recordCount()));
        }

        /** Reads what {@link #write} wrote. */
        public static OpenTransactions read(FieldReader from) {
            return new OpenTransactions(
                    from.smallNumber(),
                    from.list(
                            TOLD_BYTES_MIN,
                            one ->
                                    new OpenTransaction(
                                            one.number(),
                                            one.smallNumber(),
                                            one.number(),
                                            one.number())));
        }
    }
}
