package io.tombolo.simulation.law;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.ConfigResource;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The law of administration: when all is healed, every change that was acknowledged holds and none
 * that was refused does. One that was never answered may be done at any time, or not at all.
 */
public final class AdminWatch {

    /** A topic is there. */
    public static final String THERE = "there";

    /** The first replicas lead. */
    public static final String PREFERRED = "preferred";

    /** There is no such topic, no such config. */
    public static final String NOTHING = "";

    /** What somebody can change. */
    public sealed interface Subject {

        String topic();

        /** Whether the topic is there. */
        record Existence(String topic) implements Subject {}

        /** How many partitions it has. */
        record Count(String topic) implements Subject {}

        record Config(String topic, String key) implements Subject {}

        /** Who has a partition, in the order of their ids. */
        record Replicas(String topic, int partition) implements Subject {}

        /** Whether the first replicas lead. */
        record Leaders(String topic) implements Subject {}
    }

    private static final class Claim {
        final Set<String> unanswered = new HashSet<>();
        String acknowledged;

        Claim(String before) {
            acknowledged = before;
        }
    }

    private final Map<Subject, Claim> claims = new LinkedHashMap<>();
    private final Happenings happenings;
    private boolean moved;

    public AdminWatch(Happenings happenings) {
        this.happenings = happenings;
    }

    /**
     * A change is about to be asked for.
     *
     * @param before what holds if nothing of this subject was ever acknowledged
     */
    public void begins(Subject subject, String before) {
        claims.putIfAbsent(subject, new Claim(before));
    }

    private Claim claim(Subject subject) {
        return Objects.requireNonNull(claims.get(subject));
    }

    public void acknowledged(Subject subject, String value) {
        happenings.note(Happening.CHANGE_ACKNOWLEDGED);
        claim(subject).acknowledged = value;
    }

    /** It is to stay as it was. */
    public void refused() {
        happenings.note(Happening.CHANGE_REFUSED);
    }

    /** Nobody knows whether this is done, or will be. */
    public void unanswered(Subject subject, String value) {
        happenings.note(Happening.CHANGE_UNANSWERED);
        claim(subject).unanswered.add(value);
    }

    /** Brokers are emptied: from now on replicas move without being asked to. */
    public void replicasMove() {
        moved = true;
    }

    /** When all is healed and nobody changes anything any more. */
    public void check(MetadataImage image) {
        claims.forEach((subject, claim) -> {
            String actual = actual(image, subject);
            boolean there = image.topics().topic(subject.topic()).isPresent();
            // Who empties a broker moves what was moved elsewhere before.
            boolean elsewhere = subject instanceof Subject.Replicas && moved;
            boolean judged = there && !elsewhere || subject instanceof Subject.Existence;
            Broken.unless(
                    !judged
                            || actual.equals(claim.acknowledged)
                            || claim.unanswered.contains(actual),
                    Law.CHANGES_HOLD,
                    "%s is %s, acknowledged was %s, not answered %s",
                    subject,
                    actual,
                    claim.acknowledged,
                    claim.unanswered);
        });
    }

    /** How it is, as far as an image tells. */
    public static String actual(MetadataImage image, Subject subject) {
        return image.topics()
                .topic(subject.topic())
                .map(topic ->
                        switch (subject) {
                            case Subject.Existence _ -> THERE;
                            case Subject.Count _ -> Integer.toString(topic.partitions().count());
                            case Subject.Config(String name, String key) ->
                                    image.configs()
                                            .value(ConfigResource.topic(name), key)
                                            .orElse(NOTHING);
                            case Subject.Replicas(String _, int partition) ->
                                    replicas(topic, partition);
                            case Subject.Leaders _ -> preferred(topic) ? PREFERRED : NOTHING;
                        })
                .orElse(NOTHING);
    }

    private static boolean preferred(TopicImage topic) {
        for (int index = 0; index < topic.partitions().count(); index++) {
            var partition = topic.partitions().get(index);
            if (partition.leader() != partition.preferredLeader()) {
                return false;
            }
        }
        return true;
    }

    private static String replicas(TopicImage topic, int partition) {
        return partition < topic.partitions().count()
                ? new TreeSet<>(topic.partitions().get(partition).replicas().asList()).toString()
                : NOTHING;
    }
}
