package io.tombolo.broker.lease;

import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.RaftError;
import io.tombolo.raft.core.RaftMessage;
import io.tombolo.raft.core.RaftMessage.Answer;
import io.tombolo.raft.core.RaftMessage.Request;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the voters of the ledger say to each other, in bytes. Brokers of a region use Kafka's
 * requests for that; between sites nothing of Kafka's is asked for, and these are a few fields
 * each.
 */
final class LedgerRaftFields {

    private static final int VOTE = 1;
    private static final int BEGIN = 2;
    private static final int END = 3;
    private static final int FETCH = 4;
    private static final int FETCH_SNAPSHOT = 5;
    private static final int PRESENCE = 6;
    private static final int RECORDS = 0;
    private static final int DIVERGING = 1;
    private static final int SNAPSHOT = 2;

    /** Nobody may make this process set aside more than it has been sent. */
    private static final int COUNT_MAX = 1 << 20;

    private LedgerRaftFields() {}

    static void write(DataOutputStream out, Request request) throws IOException {
        switch (request) {
            case RaftMessage.VoteRequest vote -> {
                out.writeByte(VOTE);
                key(out, vote.voter());
                key(out, vote.candidate());
                out.writeInt(vote.epoch());
                point(out, vote.lastLog());
                out.writeBoolean(vote.preVote());
            }
            case RaftMessage.BeginEpochRequest begin -> {
                out.writeByte(BEGIN);
                key(out, begin.voter());
                leader(out, begin.leader());
            }
            case RaftMessage.EndEpochRequest end -> {
                out.writeByte(END);
                leader(out, end.leader());
                keys(out, end.preferredSuccessors());
            }
            case RaftMessage.FetchRequest fetch -> {
                out.writeByte(FETCH);
                key(out, fetch.replica());
                out.writeInt(fetch.epoch());
                point(out, fetch.position());
                out.writeLong(fetch.highWatermark());
                out.writeInt(fetch.bytesMax());
                out.writeLong(fetch.waitNanosMax());
            }
            case RaftMessage.FetchSnapshotRequest fetch -> {
                out.writeByte(FETCH_SNAPSHOT);
                key(out, fetch.replica());
                out.writeInt(fetch.epoch());
                point(out, fetch.id());
                out.writeLong(fetch.position());
                out.writeInt(fetch.bytesMax());
            }
            case RaftMessage.PresenceRequest _ -> out.writeByte(PRESENCE);
        }
    }

    static Request request(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case VOTE ->
                    new RaftMessage.VoteRequest(
                            key(in), key(in), in.readInt(), point(in), in.readBoolean());
            case BEGIN -> new RaftMessage.BeginEpochRequest(key(in), leader(in));
            case END -> new RaftMessage.EndEpochRequest(leader(in), keys(in));
            case FETCH ->
                    new RaftMessage.FetchRequest(
                            key(in),
                            in.readInt(),
                            point(in),
                            in.readLong(),
                            in.readInt(),
                            in.readLong());
            case FETCH_SNAPSHOT ->
                    new RaftMessage.FetchSnapshotRequest(
                            key(in), in.readInt(), point(in), in.readLong(), in.readInt());
            case PRESENCE -> new RaftMessage.PresenceRequest();
            default -> throw new IOException("there is no request of kind " + kind);
        };
    }

    static void write(DataOutputStream out, Answer answer) throws IOException {
        switch (answer) {
            case RaftMessage.VoteAnswer vote -> {
                begin(out, VOTE, vote);
                out.writeBoolean(vote.granted());
            }
            case RaftMessage.BeginEpochAnswer begin -> begin(out, BEGIN, begin);
            case RaftMessage.EndEpochAnswer end -> begin(out, END, end);
            case RaftMessage.FetchAnswer fetch -> {
                begin(out, FETCH, fetch);
                out.writeLong(fetch.highWatermark());
                fetched(out, fetch.fetched());
            }
            case RaftMessage.FetchSnapshotAnswer piece -> {
                begin(out, FETCH_SNAPSHOT, piece);
                point(out, piece.id());
                out.writeLong(piece.totalBytes());
                out.writeLong(piece.position());
                bytes(out, piece.bytes());
            }
            case RaftMessage.PresenceAnswer there -> {
                begin(out, PRESENCE, there);
                key(out, there.replica().key());
                out.writeLong(there.logEndOffset());
                keys(out, there.voters());
            }
        }
    }

    static Answer answer(DataInputStream in) throws IOException {
        int kind = in.readByte();
        int error = in.readByte();
        if (error < 0 || error >= RaftError.values().length) {
            throw new IOException("there is no error " + error);
        }
        RaftError told = RaftError.values()[error];
        LeaderAndEpoch current = leader(in);
        return switch (kind) {
            case VOTE -> new RaftMessage.VoteAnswer(told, current, in.readBoolean());
            case BEGIN -> new RaftMessage.BeginEpochAnswer(told, current);
            case END -> new RaftMessage.EndEpochAnswer(told, current);
            case FETCH -> new RaftMessage.FetchAnswer(told, current, in.readLong(), fetched(in));
            case FETCH_SNAPSHOT ->
                    new RaftMessage.FetchSnapshotAnswer(
                            told, current, point(in), in.readLong(), in.readLong(), bytes(in));
            case PRESENCE ->
                    new RaftMessage.PresenceAnswer(
                            told,
                            current,
                            new VoterSet.Voter(key(in), new TreeMap<>()),
                            in.readLong(),
                            keys(in));
            default -> throw new IOException("there is no answer of kind " + kind);
        };
    }

    private static void begin(DataOutputStream out, int kind, Answer answer) throws IOException {
        out.writeByte(kind);
        out.writeByte(answer.error().ordinal());
        leader(out, answer.current());
    }

    private static void fetched(DataOutputStream out, RaftMessage.Fetched fetched)
            throws IOException {
        switch (fetched) {
            case RaftMessage.Fetched.Records(List<LogBatch> batches) -> {
                out.writeByte(RECORDS);
                out.writeInt(batches.size());
                for (LogBatch batch : batches) {
                    batch(out, batch);
                }
            }
            case RaftMessage.Fetched.Diverging(OffsetAndEpoch end) -> {
                out.writeByte(DIVERGING);
                point(out, end);
            }
            case RaftMessage.Fetched.Snapshot(OffsetAndEpoch id) -> {
                out.writeByte(SNAPSHOT);
                point(out, id);
            }
        }
    }

    private static RaftMessage.Fetched fetched(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case RECORDS -> {
                var batches = new ArrayList<LogBatch>();
                for (int left = count(in); left > 0; left--) {
                    batches.add(batch(in));
                }
                yield new RaftMessage.Fetched.Records(batches);
            }
            case DIVERGING -> new RaftMessage.Fetched.Diverging(point(in));
            case SNAPSHOT -> new RaftMessage.Fetched.Snapshot(point(in));
            default -> throw new IOException("nothing of kind " + kind + " is fetched");
        };
    }

    private static void batch(DataOutputStream out, LogBatch batch) throws IOException {
        out.writeLong(batch.baseOffset());
        out.writeInt(batch.epoch());
        out.writeBoolean(batch.control());
        out.writeInt(batch.records().size());
        for (byte[] record : batch.records()) {
            bytes(out, record);
        }
    }

    private static LogBatch batch(DataInputStream in) throws IOException {
        long baseOffset = in.readLong();
        int epoch = in.readInt();
        boolean control = in.readBoolean();
        var records = new ArrayList<byte[]>();
        for (int left = count(in); left > 0; left--) {
            records.add(bytes(in));
        }
        return new LogBatch(baseOffset, epoch, control, records);
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = count(in);
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("%d bytes of %d".formatted(bytes.length, length));
        }
        return bytes;
    }

    private static int count(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > COUNT_MAX) {
            throw new IOException(count + " of something");
        }
        return count;
    }

    static void key(DataOutputStream out, ReplicaKey key) throws IOException {
        out.writeInt(key.nodeId());
        out.writeLong(key.directoryId().getMostSignificantBits());
        out.writeLong(key.directoryId().getLeastSignificantBits());
    }

    static ReplicaKey key(DataInputStream in) throws IOException {
        return new ReplicaKey(in.readInt(), new UUID(in.readLong(), in.readLong()));
    }

    private static void keys(DataOutputStream out, List<ReplicaKey> keys) throws IOException {
        out.writeInt(keys.size());
        for (ReplicaKey key : keys) {
            key(out, key);
        }
    }

    private static List<ReplicaKey> keys(DataInputStream in) throws IOException {
        var keys = new ArrayList<ReplicaKey>();
        for (int left = count(in); left > 0; left--) {
            keys.add(key(in));
        }
        return keys;
    }

    private static void leader(DataOutputStream out, LeaderAndEpoch leader) throws IOException {
        out.writeInt(leader.leaderId());
        out.writeInt(leader.epoch());
    }

    private static LeaderAndEpoch leader(DataInputStream in) throws IOException {
        return new LeaderAndEpoch(in.readInt(), in.readInt());
    }

    private static void point(DataOutputStream out, OffsetAndEpoch point) throws IOException {
        out.writeLong(point.offset());
        out.writeInt(point.epoch());
    }

    private static OffsetAndEpoch point(DataInputStream in) throws IOException {
        return new OffsetAndEpoch(in.readLong(), in.readInt());
    }
}
