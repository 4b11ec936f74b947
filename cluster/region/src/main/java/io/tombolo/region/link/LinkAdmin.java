package io.tombolo.region.link;

import io.tombolo.region.LinkName;

import org.apache.kafka.common.Uuid;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * Metadata of this region, as far as a link may read and change it. Called on the loop of the link;
 * commands are answered exactly once on that loop. A command that repeats what is already so
 * succeeds. After {@link Applied} the change is committed; it reaches {@link #mirrorTopics} and
 * {@link Link#reconcile} with the next image.
 */
public interface LinkAdmin {

    /** The mirror topics of a link in the newest image, ordered by name. */
    List<MirrorTopic> mirrorTopics(LinkName link);

    /** Makes a mirror topic in state {@link MirrorTopic.State#MIRRORING}. */
    void createMirrorTopic(NewMirrorTopic topic, Consumer<Answer> answer);

    /**
     * Deletes a mirror topic that has failed, because its source topic was made anew, and makes a
     * copy of the new one in its place. Refused for a source topic whose copy had the place before.
     *
     * @param left the id of the source topic that it is a copy of until then
     */
    void restartMirrorTopic(NewMirrorTopic topic, Uuid left, Consumer<Answer> answer);

    /** Adds partitions to a mirror topic until it has {@code partitionCount}. */
    void growMirrorTopic(LinkName link, String topic, int partitionCount, Consumer<Answer> answer);

    /**
     * Changes synchronised configurations of a mirror topic; an empty value removes the override.
     * The names are Kafka's dotted ones and all of the classes that follow the source.
     */
    void setMirrorConfigs(
            LinkName link,
            String topic,
            SortedMap<String, Optional<String>> changes,
            Consumer<Answer> answer);

    /**
     * Changes the state of a mirror topic.
     *
     * @param reason why, kept for those who ask
     */
    void setMirrorState(
            LinkName link,
            String topic,
            MirrorTopic.State state,
            Optional<Reason> reason,
            Consumer<Answer> answer);

    /**
     * Raises the leader epochs of partitions to at least the given values, so that batches of these
     * epochs may be appended. Leaders stay. Done when this broker's logs know the new epochs.
     */
    void raiseLeaderEpochs(Map<LinkPartition, Integer> atLeast, Consumer<Answer> answer);

    /**
     * Writes down which offsets of mirror partitions their source deleted before they were copied.
     */
    void recordGaps(Map<LinkPartition, MirrorTopic.Gap> gaps, Consumer<Answer> answer);

    /**
     * A mirror topic to be made. Replication factor and placement are this region's own defaults.
     *
     * @param sourceTopicId taken as the local id too, unless it is {@link Uuid#ZERO_UUID} or the
     *     link renames
     * @param starts by partition, the offset at the source that the copy begins at; empty where the
     *     source begins
     */
    record NewMirrorTopic(
            LinkName link,
            String name,
            Uuid sourceTopicId,
            int partitionCount,
            List<Long> starts,
            SortedMap<String, String> configs) {}

    /** What became of a command. */
    sealed interface Answer {}

    /** It is committed. */
    record Applied() implements Answer {}

    /** It will not be done; asking again does not help. */
    record Refused(Reason reason) implements Answer {}

    /** It could not be done now, or it is unknown whether it was. */
    record Unavailable(String detail) implements Answer {}
}
