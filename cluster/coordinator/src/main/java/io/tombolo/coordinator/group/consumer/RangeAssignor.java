package io.tombolo.coordinator.group.consumer;

import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Gives each member a contiguous range of each topic, in the order of the members, so that members
 * that read the same topics get the same partition numbers of each (as joins need). When all read
 * the same topics, racks decide which member gets which range: the ranges stay as they are.
 */
final class RangeAssignor implements Assignor {

    static final String NAME = "range";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, Assignment> assign(
            SortedMap<String, Reader> readers,
            SortedMap<Uuid, Integer> partitionCounts,
            Racks racks) {
        Map<String, Assignment> targets = new TreeMap<>();
        readers.keySet().forEach(member -> targets.put(member, Assignment.NONE));
        List<Seat> order = inOrder(readers, partitionCounts, racks);
        partitionCounts.forEach((topic, count) -> {
            List<Seat> seats =
                    order.stream().filter(seat -> seat.reader().topics().contains(topic)).toList();
            for (int i = 0; i < seats.size(); i++) {
                Assignment target = targets.getOrDefault(seats.get(i).member(), Assignment.NONE);
                for (int next = start(i, seats.size(), count);
                        next < start(i + 1, seats.size(), count);
                        next++) {
                    target = target.plus(topic, next, 0);
                }
                targets.put(seats.get(i).member(), target);
            }
        });
        return targets;
    }

    private record Seat(String member, Reader reader) {}

    /** Where the range of a seat begins: the first {@code count % seats} have one more. */
    private static int start(int seat, int seats, int count) {
        return seat * (count / seats) + Math.min(seat, count % seats);
    }

    private static List<Seat> inOrder(
            SortedMap<String, Reader> readers,
            SortedMap<Uuid, Integer> partitionCounts,
            Racks racks) {
        var seats = new ArrayList<Seat>();
        readers.forEach((member, reader) -> seats.add(new Seat(member, reader)));
        seats.sort(Comparator.comparing(seat -> seat.reader().sortKey()));
        boolean alike =
                readers.values().stream().map(Reader::topics).distinct().limit(2).count() == 1;
        boolean placed = readers.values().stream().anyMatch(reader -> !reader.rack().isEmpty());
        return alike && placed ? nearest(seats, partitionCounts, racks) : seats;
    }

    /**
     * Each range in turn goes to the member that has most of it in its rack; the first of equals.
     */
    private static List<Seat> nearest(
            List<Seat> seats, SortedMap<Uuid, Integer> partitionCounts, Racks racks) {
        var left = new ArrayList<>(seats);
        var order = new ArrayList<Seat>();
        for (int i = 0; i < seats.size(); i++) {
            Map<String, Integer> near = near(i, seats.size(), partitionCounts, racks);
            Seat best = left.getFirst();
            for (Seat seat : left) {
                int more = near.getOrDefault(seat.reader().rack(), 0);
                if (more > near.getOrDefault(best.reader().rack(), 0)) {
                    best = seat;
                }
            }
            left.remove(best);
            order.add(best);
        }
        return order;
    }

    /** How many partitions of a range, over all topics, each rack has. */
    private static Map<String, Integer> near(
            int seat, int seats, SortedMap<Uuid, Integer> partitionCounts, Racks racks) {
        Map<String, Integer> near = new TreeMap<>();
        partitionCounts.forEach((topic, count) -> {
            for (int next = start(seat, seats, count);
                    next < start(seat + 1, seats, count);
                    next++) {
                racks.of(topic, next).forEach(rack -> near.merge(rack, 1, Integer::sum));
            }
        });
        return near;
    }
}
