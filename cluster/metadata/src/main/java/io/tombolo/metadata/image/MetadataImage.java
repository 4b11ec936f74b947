package io.tombolo.metadata.image;

import io.tombolo.metadata.record.MetadataRecord;

import org.apache.kafka.common.Uuid;

import java.util.List;

/**
 * All metadata of a region after the record at {@code place} of its metadata log. Immutable.
 *
 * @param place the last record that is in
 */
public record MetadataImage(
        LogPlace place,
        RegionImage region,
        BrokersImage brokers,
        TopicsImage topics,
        ConfigsImage configs,
        LinksImage links) {

    /** The image before the first record. */
    public static final MetadataImage EMPTY =
            new MetadataImage(
                    LogPlace.START,
                    RegionImage.EMPTY,
                    BrokersImage.EMPTY,
                    TopicsImage.EMPTY,
                    ConfigsImage.EMPTY,
                    LinksImage.EMPTY);

    /**
     * The image after more records; this one stays as it is. Costs O(k log n) for k records.
     *
     * @param records in log order; how a run of records is split into calls does not matter
     * @param last the place of the last of them, beyond {@link #place}
     * @throws IllegalStateException when a record contradicts the image, such as a change of a
     *     partition that does not exist: the log or this program is broken
     */
    public Applied apply(List<MetadataRecord> records, LogPlace last) {
        var replay = new Replay(this);
        records.forEach(replay::apply);
        return replay.finish(last);
    }

    /**
     * Whether producers may write to a topic, as far as mirroring is concerned. Ownership of a
     * domain that the topic belongs to without being a mirror is asked with {@link
     * RegionImage#mayWrite}.
     */
    public Writability writability(Uuid topicId) {
        MirrorRegistration mirror = links.mirrorTopics().get(topicId);
        if (mirror == null) {
            return Writability.WRITABLE;
        }
        if (!mirror.writable()) {
            return Writability.MIRROR;
        }
        return region.mayWrite(mirror.domain()) ? Writability.WRITABLE : Writability.FENCED;
    }

    /** What {@link #apply} makes. */
    public record Applied(MetadataImage image, MetadataDelta delta) {}

    /** Whether producers may write to a topic. */
    public enum Writability {
        WRITABLE,
        /** It is a mirror that has not been stopped. */
        MIRROR,
        /** The ownership of its domain does not let this region write. */
        FENCED
    }
}
