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
 * that read the same topics get the same partition numbers of each (as joins need).
 */
final class RangeAssignor implements Assignor {

    static final String NAME = "range";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, Assignment> assign(
            SortedMap<String, Reader> readers, SortedMap<Uuid, Integer> partitionCounts) {
        Map<String, Assignment> targets = new TreeMap<>();
        readers.keySet().forEach(member -> targets.put(member, Assignment.NONE));
        partitionCounts.forEach((topic, count) -> {
            List<String> members = readersOf(topic, readers);
            int next = 0;
            for (int i = 0; i < members.size(); i++) {
                int share = count / members.size() + (i < count % members.size() ? 1 : 0);
                Assignment target = targets.getOrDefault(members.get(i), Assignment.NONE);
                for (int end = next + share; next < end; next++) {
                    target = target.plus(topic, next, 0);
                }
                targets.put(members.get(i), target);
            }
        });
        return targets;
    }

    private static List<String> readersOf(Uuid topic, SortedMap<String, Reader> readers) {
        var members = new ArrayList<Map.Entry<String, Reader>>();
        for (var reader : readers.entrySet()) {
            if (reader.getValue().topics().contains(topic)) {
                members.add(reader);
            }
        }
        members.sort(Comparator.comparing(member -> member.getValue().sortKey()));
        return members.stream().map(Map.Entry::getKey).toList();
    }
}
