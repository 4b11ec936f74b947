package io.tombolo.simulation.law;

import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.protocol.records.RecordReader;
import io.tombolo.simulation.site.Place;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A record that only one region had, as it was set aside there.
 *
 * @param ownershipEpoch under which the topic came back
 * @param offset where it stood
 * @param leaderEpoch of its batch there
 */
public record Aside(long ownershipEpoch, long offset, int leaderEpoch, String value) {

    private static final String OFFSET = "tombolo.offset";
    private static final String LEADER_EPOCH = "tombolo.leader.epoch";
    private static final String OWNERSHIP_EPOCH = "tombolo.ownership.epoch";

    /** Where records of a partition are set aside. */
    public static Place of(Place place) {
        return new Place("__divergent." + place.topic(), place.partition());
    }

    /** The headers that say where it stood. */
    public Map<String, String> headers() {
        return new TreeMap<>(
                Map.of(
                        OFFSET, Long.toString(offset),
                        LEADER_EPOCH, Integer.toString(leaderEpoch),
                        OWNERSHIP_EPOCH, Long.toString(ownershipEpoch)));
    }

    /** The records of some batches. */
    public static List<Aside> read(ByteBuffer batches) {
        var found = new ArrayList<Aside>();
        var reader = new RecordReader(1 << 20);
        var walk = new BatchWalk(batches.duplicate());
        while (walk.next()) {
            reader.open(walk.batch());
            while (reader.next()) {
                found.add(of(reader));
            }
        }
        return found;
    }

    private static Aside of(RecordReader reader) {
        var headers = new HashMap<String, String>();
        reader.headers()
                .forEach(header -> {
                    if (header.value() != null) {
                        headers.put(header.key(), text(header.value()));
                    }
                });
        ByteBuffer value = reader.value();
        return new Aside(
                Long.parseLong(headers.getOrDefault(OWNERSHIP_EPOCH, "-1")),
                Long.parseLong(headers.getOrDefault(OFFSET, "-1")),
                Integer.parseInt(headers.getOrDefault(LEADER_EPOCH, "-1")),
                value == null ? "" : text(value));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
