package io.tombolo.chaos;

import java.util.List;
import java.util.Map;

/**
 * All that clients of one topic know in the end.
 *
 * @param log what a last reader found, from start to end, when all faults were over; by partition
 * @param readings what others had read before, while faults went on
 * @param group what happened to the offsets of one group whose members only move forward
 */
record History(
        List<Sent> sent,
        Map<Integer, List<Reading.Seen>> log,
        List<Reading> readings,
        List<GroupStep> group) {

    History {
        sent = List.copyOf(sent);
        log = Map.copyOf(log);
        readings = List.copyOf(readings);
        group = List.copyOf(group);
    }
}
