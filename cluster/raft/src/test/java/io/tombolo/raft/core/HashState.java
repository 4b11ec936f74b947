package io.tombolo.raft.core;

import java.nio.ByteBuffer;
import java.util.Optional;

/** The state machine that replicas replay: a hash of all records, in their order. */
final class HashState {

    private HashState() {}

    static long after(long state, LogBatch batch) {
        long next = state;
        if (!batch.control()) {
            for (byte[] each : batch.records()) {
                next = (next ^ ByteBuffer.wrap(each).getLong()) * 0x9E3779B97F4A7C15L + 1;
            }
        }
        return next;
    }

    static byte[] snapshot(long state, VoterSet voters) {
        byte[] named = new ControlRecord.Voters(voters).encode();
        return ByteBuffer.allocate(named.length + 8).put(named).putLong(state).array();
    }

    static long of(byte[] snapshot) {
        return snapshot.length < 8 ? 0 : ByteBuffer.wrap(snapshot).getLong(snapshot.length - 8);
    }

    /** Empty when there is no snapshot, or half of one. */
    static Optional<VoterSet> voters(byte[] snapshot) {
        try {
            return ControlRecord.decode(snapshot) instanceof ControlRecord.Voters(VoterSet voters)
                    ? Optional.of(voters)
                    : Optional.empty();
        } catch (IllegalArgumentException half) {
            return Optional.empty();
        }
    }
}
