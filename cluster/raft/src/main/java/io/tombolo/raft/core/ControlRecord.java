package io.tombolo.raft.core;

import io.tombolo.environment.Endpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A record that the quorum writes for itself. As bytes: two bytes of type, then the value in the
 * layout that Kafka's control record of that type has; in a log file the type moves into the
 * record's key.
 */
public sealed interface ControlRecord {

    /** Kafka's numbers of control record types. */
    short TYPE_LEADER_CHANGE = 2;

    short TYPE_SNAPSHOT_HEADER = 3;
    short TYPE_SNAPSHOT_FOOTER = 4;
    short TYPE_VOTERS = 6;

    /** The first record of every epoch; with it the leader commits what it found in its log. */
    record LeaderChange(int leaderId, List<ReplicaKey> voters, List<ReplicaKey> granting)
            implements ControlRecord {}

    /** The voter set in force from this record on, committed or not. */
    record Voters(VoterSet voters) implements ControlRecord {}

    /** The first record of a snapshot. */
    record SnapshotHeader(long lastContainedLogTimestampMs) implements ControlRecord {}

    /** The last record of a snapshot; without it the snapshot is not whole. */
    record SnapshotFooter() implements ControlRecord {}

    /** A control record of a kind this version does not know; it is kept and has no effect. */
    record Unknown(short type) implements ControlRecord {}

    /** The bytes of this record. */
    default byte[] encode() {
        var out = new Writer();
        switch (this) {
            case LeaderChange change -> {
                out.int16(TYPE_LEADER_CHANGE).int16(1).int32(change.leaderId());
                out.keys(change.voters()).keys(change.granting()).noTags();
            }
            case Voters named -> {
                out.int16(TYPE_VOTERS).int16(0).count(named.voters().size());
                named.voters().voters().forEach(out::voter);
                out.noTags();
            }
            case SnapshotHeader header ->
                    out.int16(TYPE_SNAPSHOT_HEADER)
                            .int16(0)
                            .int64(header.lastContainedLogTimestampMs())
                            .noTags();
            case SnapshotFooter _ -> out.int16(TYPE_SNAPSHOT_FOOTER).int16(0).noTags();
            case Unknown unknown ->
                    throw new IllegalArgumentException(
                            "control record type " + unknown.type() + " has no known layout");
        }
        return out.bytes.toByteArray();
    }

    /**
     * Reads a record.
     *
     * @throws IllegalArgumentException when the bytes are not what their type says
     */
    static ControlRecord decode(byte[] record) {
        var in = new Reader(ByteBuffer.wrap(record));
        try {
            short type = in.buffer.getShort();
            return switch (type) {
                case TYPE_LEADER_CHANGE -> in.leaderChange();
                case TYPE_VOTERS -> in.voters();
                case TYPE_SNAPSHOT_HEADER -> {
                    in.buffer.getShort();
                    yield new SnapshotHeader(in.buffer.getLong());
                }
                case TYPE_SNAPSHOT_FOOTER -> new SnapshotFooter();
                default -> new Unknown(type);
            };
        } catch (java.nio.BufferUnderflowException cut) {
            throw new IllegalArgumentException("a control record ends too early", cut);
        }
    }

    /** The last voter set that a control batch names. */
    static Optional<VoterSet> votersIn(LogBatch batch) {
        Optional<VoterSet> found = Optional.empty();
        for (byte[] each : batch.records()) {
            if (decode(each) instanceof Voters(VoterSet set)) {
                found = Optional.of(set);
            }
        }
        return found;
    }

    /** Kafka's flexible encoding, as far as these records need it. */
    final class Writer {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        private Writer() {}

        private Writer int16(int value) {
            bytes.write(value >>> 8);
            bytes.write(value);
            return this;
        }

        private Writer int32(int value) {
            return int16(value >>> 16).int16(value);
        }

        private Writer int64(long value) {
            return int32((int) (value >>> 32)).int32((int) value);
        }

        private Writer count(int value) {
            int rest = value + 1;
            while ((rest & ~0x7F) != 0) {
                bytes.write(rest & 0x7F | 0x80);
                rest >>>= 7;
            }
            bytes.write(rest);
            return this;
        }

        private Writer noTags() {
            bytes.write(0);
            return this;
        }

        private Writer text(String value) {
            byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
            count(encoded.length);
            bytes.writeBytes(encoded);
            return this;
        }

        private Writer key(ReplicaKey key) {
            return int32(key.nodeId())
                    .int64(key.directoryId().getMostSignificantBits())
                    .int64(key.directoryId().getLeastSignificantBits());
        }

        private Writer keys(List<ReplicaKey> keys) {
            count(keys.size());
            keys.forEach(key -> key(key).noTags());
            return this;
        }

        private void voter(VoterSet.Voter voter) {
            key(voter.key()).count(voter.listeners().size());
            voter.listeners()
                    .forEach((name, address) ->
                            text(name).text(address.host()).int16(address.port()).noTags());
            int16(voter.versions().min()).int16(voter.versions().max()).noTags().noTags();
        }
    }

    /** The reverse of {@link Writer}; every count is checked against the bytes left. */
    final class Reader {

        private final ByteBuffer buffer;

        private Reader(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        private LeaderChange leaderChange() {
            boolean withDirectories = buffer.getShort() >= 1;
            return new LeaderChange(buffer.getInt(), keys(withDirectories), keys(withDirectories));
        }

        private Voters voters() {
            buffer.getShort();
            var members = new ArrayList<VoterSet.Voter>();
            for (int left = count(); left > 0; left--) {
                ReplicaKey key = key(true);
                SortedMap<String, Endpoint> listeners = new TreeMap<>();
                for (int more = count(); more > 0; more--) {
                    String name = text();
                    listeners.put(name, new Endpoint(text(), buffer.getShort() & 0xFFFF));
                    skipTags();
                }
                var versions = new VoterSet.Versions(buffer.getShort(), buffer.getShort());
                skipTags();
                skipTags();
                members.add(new VoterSet.Voter(key, listeners, versions));
            }
            return new Voters(VoterSet.of(members));
        }

        private int varint() {
            int value = 0;
            for (int shift = 0; shift < 35; shift += 7) {
                byte next = buffer.get();
                value |= (next & 0x7F) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException("a number in a control record is too long");
        }

        private int count() {
            int count = varint() - 1;
            if (count < 0 || count > buffer.remaining()) {
                throw new IllegalArgumentException("a control record counts " + count + " items");
            }
            return count;
        }

        private void skipTags() {
            for (int left = varint(); left > 0; left--) {
                varint();
                int size = varint();
                if (size < 0 || size > buffer.remaining()) {
                    throw new IllegalArgumentException("a tag of a control record is too long");
                }
                buffer.position(buffer.position() + size);
            }
        }

        private String text() {
            byte[] encoded = new byte[count()];
            buffer.get(encoded);
            return new String(encoded, StandardCharsets.UTF_8);
        }

        private ReplicaKey key(boolean withDirectory) {
            int nodeId = buffer.getInt();
            return new ReplicaKey(
                    nodeId,
                    withDirectory
                            ? new UUID(buffer.getLong(), buffer.getLong())
                            : ReplicaKey.NONE.directoryId());
        }

        private List<ReplicaKey> keys(boolean withDirectories) {
            var keys = new ArrayList<ReplicaKey>();
            for (int left = count(); left > 0; left--) {
                keys.add(key(withDirectories));
                skipTags();
            }
            return keys;
        }
    }
}
