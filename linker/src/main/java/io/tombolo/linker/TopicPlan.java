package io.tombolo.linker;

import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.linker.source.SourceInventory;
import io.tombolo.linker.source.SourceTopic;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** Decides what has to happen to mirror topics, given what both ends have. Pure. */
final class TopicPlan {

    /** A decision about one topic, by its name here. */
    sealed interface Decision {

        String topic();

        /** Make the mirror topic. */
        record Create(SourceTopic source, String topic) implements Decision {}

        /**
         * Make the mirror topic in place of the one there is, whose source was made anew.
         *
         * @param left the id of the source topic that was copied before
         */
        record Restart(Create anew, Uuid left) implements Decision {

            @Override
            public String topic() {
                return anew.topic();
            }
        }

        /** Add partitions. */
        record Grow(String topic, int partitionCount) implements Decision {}

        /** Change configurations. */
        record Configure(String topic, SortedMap<String, Optional<String>> changes)
                implements Decision {}

        /** The source topic cannot be followed. */
        record Lose(String topic, Reason reason) implements Decision {}

        /**
         * The source topic is there.
         *
         * @param byId whether it has the id of the one that was copied, not its name alone
         */
        record Find(String topic, boolean byId) implements Decision {}
    }

    /**
     * What the decisions depend on.
     *
     * @param sourceConfigs the overrides that are synchronised, of the topics where they are known,
     *     by their names at the source
     * @param missingForLong mirror topics that the source has not listed for a while
     */
    record Situation(
            SourceInventory source,
            Map<String, SortedMap<String, String>> sourceConfigs,
            List<MirrorTopic> mirrors,
            LinkSpec.Selection selection,
            Set<String> missingForLong) {}

    private final Set<Safeguard> safeguards;

    TopicPlan(Set<Safeguard> safeguards) {
        this.safeguards = safeguards;
    }

    List<Decision> decide(Situation situation) {
        var decisions = new ArrayList<Decision>();
        var mirrored = new HashSet<String>();
        for (MirrorTopic mirror : situation.mirrors()) {
            mirrored.add(mirror.name());
            if (isFollowed(mirror)) {
                decideMirror(situation, mirror, decisions);
            }
        }
        for (SourceTopic topic : situation.source().topics().values()) {
            String copy = situation.selection().renaming().copyOf(topic.name());
            if (situation.selection().topics().includes(topic.name()) && !mirrored.contains(copy)) {
                decisions.add(new Decision.Create(topic, copy));
            }
        }
        return decisions;
    }

    private static boolean isFollowed(MirrorTopic mirror) {
        return switch (mirror.state()) {
            case MIRRORING, PAUSED, FAILED -> true;
            case STOPPING, STOPPED, RETURNING -> false;
        };
    }

    private void decideMirror(Situation situation, MirrorTopic mirror, List<Decision> decisions) {
        String source =
                situation.selection().renaming().sourceOf(mirror.name()).orElse(mirror.name());
        SourceTopic topic = situation.source().topics().get(source);
        if (topic == null) {
            if (situation.missingForLong().contains(mirror.name())) {
                decisions.add(
                        new Decision.Lose(
                                mirror.name(),
                                new Reason(
                                        Reason.Code.SOURCE_DELETED,
                                        "the source does not have the topic any more; deleting the"
                                                + " copy ends this")));
            }
            return;
        }
        Optional<Reason> otherTopic = otherTopic(mirror, topic);
        if (otherTopic.isPresent()) {
            decisions.add(new Decision.Lose(mirror.name(), otherTopic.get()));
            LinkSpec.Selection selection = situation.selection();
            if (selection.recreate() == LinkSpec.Recreate.RESTART
                    && selection.topics().includes(topic.name())
                    && mayRestart(mirror, topic)) {
                decisions.add(
                        new Decision.Restart(
                                new Decision.Create(topic, mirror.name()), mirror.sourceTopicId()));
            }
            return;
        }
        boolean byId =
                topic.id().equals(mirror.sourceTopicId()) && !topic.id().equals(Uuid.ZERO_UUID);
        decisions.add(new Decision.Find(mirror.name(), byId));
        if (topic.partitions().size() > mirror.partitionCount()) {
            decisions.add(new Decision.Grow(mirror.name(), topic.partitions().size()));
        }
        var configs = situation.sourceConfigs().get(source);
        if (configs != null) {
            var changes = ConfigPlan.changes(configs, mirror.followed(), mirror.configs());
            if (!changes.isEmpty()) {
                decisions.add(new Decision.Configure(mirror.name(), changes));
            }
        }
    }

    /**
     * Only once it is known to everybody that the copy has failed, and never back: a broker of the
     * source that lags behind the others may tell of a topic that is gone.
     */
    private boolean mayRestart(MirrorTopic mirror, SourceTopic topic) {
        MirrorTopic.Origin known =
                safeguards.contains(Safeguard.RETURN)
                        ? mirror.origin()
                        : new MirrorTopic.Origin(mirror.sourceTopicId(), List.of());
        return mirror.state() == MirrorTopic.State.FAILED && known.mayLeaveFor(topic.id());
    }

    /** The reason for a topic that has the name of the mirrored one and another id. */
    static Reason recreated(Uuid now, Uuid mirrored) {
        return new Reason(
                Reason.Code.SOURCE_RECREATED,
                "the source topic has id %s, the mirrored one had %s".formatted(now, mirrored));
    }

    /** Whether the source topic is another one than the one that was mirrored. */
    private Optional<Reason> otherTopic(MirrorTopic mirror, SourceTopic topic) {
        boolean otherId =
                !mirror.sourceTopicId().equals(Uuid.ZERO_UUID)
                        && !topic.id().equals(Uuid.ZERO_UUID)
                        && !mirror.sourceTopicId().equals(topic.id());
        if (otherId && safeguards.contains(Safeguard.RECREATION)) {
            return Optional.of(recreated(topic.id(), mirror.sourceTopicId()));
        }
        if (topic.partitions().size() < mirror.partitionCount()
                && safeguards.contains(Safeguard.RECREATION)) {
            return Optional.of(
                    new Reason(
                            Reason.Code.SOURCE_RECREATED,
                            "the source topic has %d partitions, the mirrored one had %d"
                                    .formatted(
                                            topic.partitions().size(), mirror.partitionCount())));
        }
        return Optional.empty();
    }
}
