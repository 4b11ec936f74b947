package io.tombolo.cli.watch;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How fast logs grow, from two looks at their ends. Pure.
 *
 * @param records that each topic ever took, by region and topic
 */
record Movement(long atNanos, SortedMap<Key, Topic> topics) {

    private static final double NANOS_PER_SECOND = 1e9;

    Movement {
        topics = new TreeMap<>(topics);
    }

    /** A topic of a region. */
    record Key(String region, String topic) implements Comparable<Key> {

        @Override
        public int compareTo(Key other) {
            return Comparator.comparing(Key::region).thenComparing(Key::topic).compare(this, other);
        }
    }

    /**
     * What was seen of one.
     *
     * @param endOffsets summed over its partitions
     */
    record Topic(int partitionCount, long endOffsets) {}

    /**
     * A topic and its pace.
     *
     * @param recordsPerSecond −1 when it was not there before, or is another one
     */
    record Pace(Key key, Topic topic, double recordsPerSecond) {}

    /** The fastest first, of equally fast ones the largest. */
    List<Pace> since(Movement before) {
        double seconds = (atNanos - before.atNanos) / NANOS_PER_SECOND;
        return topics.entrySet().stream()
                .map(entry ->
                        new Pace(entry.getKey(), entry.getValue(), pace(before, entry, seconds)))
                .sorted(
                        Comparator.comparingDouble(Pace::recordsPerSecond)
                                .thenComparingLong(pace -> pace.topic().endOffsets())
                                .reversed()
                                .thenComparing(Pace::key))
                .toList();
    }

    private static double pace(Movement before, Map.Entry<Key, Topic> now, double seconds) {
        Topic then = before.topics.get(now.getKey());
        long grown = then == null ? -1 : now.getValue().endOffsets() - then.endOffsets();
        return grown < 0 || seconds <= 0 ? -1 : grown / seconds;
    }
}
