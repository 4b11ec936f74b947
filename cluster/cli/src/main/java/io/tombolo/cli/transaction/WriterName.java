package io.tombolo.cli.transaction;

import org.apache.kafka.common.TopicPartition;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A producer in a partition, as {@code topic/partition/producer}. */
record WriterName(TopicPartition partition, long producerId) {

    private static final Pattern FORM =
            Pattern.compile("([a-zA-Z0-9._-]{1,249})/([0-9]{1,9})/([0-9]{1,18})");

    /** Reads it; empty for everything that has another form. */
    static Optional<WriterName> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        var partition = new TopicPartition(matcher.group(1), Integer.parseInt(matcher.group(2)));
        return Optional.of(new WriterName(partition, Long.parseLong(matcher.group(3))));
    }

    @Override
    public String toString() {
        return partition.topic() + "/" + partition.partition() + "/" + producerId;
    }
}
