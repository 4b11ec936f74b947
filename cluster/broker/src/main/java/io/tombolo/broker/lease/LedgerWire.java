package io.tombolo.broker.lease;

import io.tombolo.raft.core.RaftMessage.Answer;
import io.tombolo.raft.core.RaftMessage.Request;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.region.lease.LeaseLedger.Holding;
import io.tombolo.region.lease.LeaseLedger.Wish;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What sites ask each other about the ledger, in bytes. */
final class LedgerWire {

    /** More wishes are not taken at once: a link has one domain, and a file not as many links. */
    static final int WISHES_MAX = 10_000;

    private static final byte VERSION = 1;
    private static final int RAFT = 1;
    private static final int SEAT = 2;
    private static final int WISHES = 3;
    private static final int GIVEN = 0;
    private static final int WAIT = 1;
    private static final int REFUSED = 2;

    private LedgerWire() {}

    /** What one broker asks of the voter of another site. */
    sealed interface Question {

        /** Of one voter to another. */
        record Raft(int from, Request request) implements Question {}

        /**
         * Of a replica that has caught up and does not vote, to the leader.
         *
         * @param votes whether the named replica is to vote, or not to any more
         */
        record Seat(ReplicaKey replica, boolean votes) implements Question {}

        /** Of any broker. */
        record Wishes(List<Wish> wishes) implements Question {}
    }

    static byte[] encode(Question question) {
        return LedgerFields.bytes(out -> {
            out.writeByte(VERSION);
            switch (question) {
                case Question.Raft(int from, Request request) -> {
                    out.writeByte(RAFT);
                    out.writeInt(from);
                    LedgerRaftFields.write(out, request);
                }
                case Question.Seat(ReplicaKey replica, boolean votes) -> {
                    out.writeByte(SEAT);
                    LedgerRaftFields.key(out, replica);
                    out.writeBoolean(votes);
                }
                case Question.Wishes(List<Wish> wishes) -> {
                    out.writeByte(WISHES);
                    out.writeInt(wishes.size());
                    for (Wish wish : wishes) {
                        LedgerFields.write(out, wish);
                    }
                }
            }
        });
    }

    /** The question; empty when it is none, or of a later release. */
    static Optional<Question> question(byte[] bytes) {
        return LedgerFields.read(
                bytes,
                in -> {
                    checkVersion(in);
                    int kind = in.readByte();
                    return switch (kind) {
                        case RAFT -> new Question.Raft(in.readInt(), LedgerRaftFields.request(in));
                        case SEAT -> new Question.Seat(LedgerRaftFields.key(in), in.readBoolean());
                        case WISHES -> new Question.Wishes(wishes(in));
                        default -> throw new IOException("no question of kind " + kind);
                    };
                });
    }

    private static List<Wish> wishes(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > WISHES_MAX) {
            throw new IOException(count + " wishes");
        }
        var wishes = new ArrayList<Wish>();
        for (int left = count; left > 0; left--) {
            wishes.add(LedgerFields.wish(in));
        }
        return wishes;
    }

    static byte[] encode(Answer answer) {
        return LedgerFields.bytes(out -> {
            out.writeByte(VERSION);
            LedgerRaftFields.write(out, answer);
        });
    }

    static Optional<Answer> raftAnswer(byte[] bytes) {
        return LedgerFields.read(
                bytes,
                in -> {
                    checkVersion(in);
                    return LedgerRaftFields.answer(in);
                });
    }

    static byte[] encode(LeaseAnswer answer) {
        return LedgerFields.bytes(out -> {
            out.writeByte(VERSION);
            switch (answer) {
                case LeaseAnswer.NotLeader(int leaderId) -> {
                    out.writeBoolean(false);
                    out.writeInt(leaderId);
                }
                case LeaseAnswer.Told(List<LeaseAnswer.Outcome> outcomes) -> {
                    out.writeBoolean(true);
                    out.writeInt(outcomes.size());
                    for (LeaseAnswer.Outcome outcome : outcomes) {
                        write(out, outcome);
                    }
                }
            }
        });
    }

    static Optional<LeaseAnswer> leaseAnswer(byte[] bytes) {
        return LedgerFields.read(
                bytes,
                in -> {
                    checkVersion(in);
                    if (!in.readBoolean()) {
                        return new LeaseAnswer.NotLeader(in.readInt());
                    }
                    var outcomes = new ArrayList<LeaseAnswer.Outcome>();
                    for (int left = Math.min(in.readInt(), WISHES_MAX); left > 0; left--) {
                        outcomes.add(outcome(in));
                    }
                    return new LeaseAnswer.Told(outcomes);
                });
    }

    private static void write(DataOutputStream out, LeaseAnswer.Outcome outcome)
            throws IOException {
        switch (outcome) {
            case LeaseAnswer.Outcome.Given() -> out.writeByte(GIVEN);
            case LeaseAnswer.Outcome.Wait(Holding holding, long nanos) -> {
                out.writeByte(WAIT);
                LedgerFields.write(out, holding);
                out.writeLong(nanos);
            }
            case LeaseAnswer.Outcome.Refused(Optional<Holding> holding) -> {
                out.writeByte(REFUSED);
                out.writeBoolean(holding.isPresent());
                if (holding.isPresent()) {
                    LedgerFields.write(out, holding.get());
                }
            }
        }
    }

    private static LeaseAnswer.Outcome outcome(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case GIVEN -> new LeaseAnswer.Outcome.Given();
            case WAIT -> new LeaseAnswer.Outcome.Wait(LedgerFields.holding(in), in.readLong());
            case REFUSED ->
                    new LeaseAnswer.Outcome.Refused(
                            in.readBoolean()
                                    ? Optional.of(LedgerFields.holding(in))
                                    : Optional.empty());
            default -> throw new IOException("no outcome of kind " + kind);
        };
    }

    private static void checkVersion(DataInputStream in) throws IOException {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("version " + version);
        }
    }
}
