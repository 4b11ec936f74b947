package io.tombolo.storage.log;

import java.util.Comparator;
import java.util.Optional;

/**
 * Topic name and partition number: what a log is called in the data directory.
 *
 * @param topic 1 to 249 characters out of {@code [a-zA-Z0-9._-]}, neither "." nor ".."
 * @param partition at least 0
 */
public record LogName(String topic, int partition) implements Comparable<LogName> {

    private static final int TOPIC_LENGTH_MAX = 249;
    private static final Comparator<LogName> ORDER =
            Comparator.comparing(LogName::topic).thenComparingInt(LogName::partition);

    public LogName {
        if (!legalTopic(topic)) {
            throw new IllegalArgumentException("\"" + topic + "\" cannot name a topic");
        }
        if (partition < 0) {
            throw new IllegalArgumentException("partition " + partition + " is negative");
        }
    }

    /** The name of the log's directory, as Kafka forms it: {@code topic-partition}. */
    public String directoryName() {
        return topic + "-" + partition;
    }

    /** The log that a directory of this name holds; empty when it is not the directory of a log. */
    public static Optional<LogName> parse(String directoryName) {
        int dash = directoryName.lastIndexOf('-');
        if (dash < 1 || !legalTopic(directoryName.substring(0, dash))) {
            return Optional.empty();
        }
        String digits = directoryName.substring(dash + 1);
        if (!digits.matches("0|[1-9][0-9]{0,8}")) {
            return Optional.empty();
        }
        return Optional.of(new LogName(directoryName.substring(0, dash), Integer.parseInt(digits)));
    }

    /** How the directory of a copy ends that is to take the log's place. */
    private static final String FUTURE = "-future";

    /** The name of the directory of a copy that is to take the log's place, as Kafka forms it. */
    String futureDirectoryName(String unique) {
        return directoryName() + "." + unique + FUTURE;
    }

    /** The log whose copy a directory of this name holds. */
    static Optional<LogName> parseFuture(String directoryName) {
        return directoryName.endsWith(FUTURE) ? parseUnique(directoryName) : Optional.empty();
    }

    /** The log whose directory has a name that begins with its own, a dot and something unique. */
    static Optional<LogName> parseUnique(String directoryName) {
        int dot = directoryName.lastIndexOf('.');
        return dot > 0 ? parse(directoryName.substring(0, dot)) : Optional.empty();
    }

    @Override
    public int compareTo(LogName other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return directoryName();
    }

    private static boolean legalTopic(String topic) {
        if (topic.isEmpty()
                || topic.length() > TOPIC_LENGTH_MAX
                || topic.equals(".")
                || topic.equals("..")) {
            return false;
        }
        return topic.chars().allMatch(LogName::legalInTopic);
    }

    private static boolean legalInTopic(int letter) {
        return letter >= 'a' && letter <= 'z'
                || letter >= 'A' && letter <= 'Z'
                || letter >= '0' && letter <= '9'
                || letter == '.'
                || letter == '_'
                || letter == '-';
    }
}
