package io.tombolo.coordinator.group;

import io.tombolo.coordinator.runtime.Ticket;

import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A member of a classic group; an immutable value.
 *
 * @param instanceId of a static member; null for a dynamic one
 * @param protocols what it can work with, most wanted first
 * @param assignment what the leader gave it in this generation; empty before that
 * @param fresh it has never been part of a generation
 * @param join set while its JoinGroup waits
 * @param sync set while its SyncGroup waits
 */
record Member(
        String id,
        @Nullable String instanceId,
        GroupCommand.Origin origin,
        Timeouts timeouts,
        List<Protocol> protocols,
        byte[] assignment,
        boolean fresh,
        @Nullable Ticket<JoinGroupResponseData> join,
        @Nullable Ticket<SyncGroupResponseData> sync) {

    static final byte[] NOTHING = new byte[0];

    /** Timeouts and lengths. */
    private static final int FIXED_BYTES = 32;

    /** How long it may be silent, and how long a rebalance waits for it; milliseconds. */
    record Timeouts(int sessionMs, int rebalanceMs) {}

    /** A protocol by name, with what the member wants the leader to know under it. */
    record Protocol(String name, byte[] metadata) {

        boolean sameAs(Protocol other) {
            return name.equals(other.name) && Arrays.equals(metadata, other.metadata);
        }
    }

    /** What it adds to the record of its group at most, bytes, as good as exactly. */
    int recordBytes() {
        int longest = 0;
        for (Protocol protocol : protocols) {
            longest = Math.max(longest, protocol.metadata.length);
        }
        int words =
                id.length()
                        + (instanceId == null ? 0 : instanceId.length())
                        + origin.clientId().length()
                        + origin.clientHost().length();
        return FIXED_BYTES + words + longest + assignment.length;
    }

    boolean isStatic() {
        return instanceId != null;
    }

    boolean awaitsJoin() {
        return join != null;
    }

    /** Whether it waits for us: then its silence is no sign of death. */
    boolean excusedFromHeartbeats() {
        return !fresh && (join != null || sync != null);
    }

    /** Its word under a protocol; empty when it does not support it. */
    byte[] metadata(@Nullable String protocol) {
        for (Protocol supported : protocols) {
            if (supported.name.equals(protocol)) {
                return supported.metadata;
            }
        }
        return NOTHING;
    }

    boolean sameProtocols(List<Protocol> others) {
        if (protocols.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < others.size(); i++) {
            if (!protocols.get(i).sameAs(others.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Its vote: the candidate it wants most; null when it supports none. */
    @Nullable String vote(Set<String> candidates) {
        for (Protocol supported : protocols) {
            if (candidates.contains(supported.name)) {
                return supported.name;
            }
        }
        return null;
    }

    Member joining(
            List<Protocol> wanted, Timeouts wantedTimeouts, Ticket<JoinGroupResponseData> ticket) {
        return new Member(
                id, instanceId, origin, wantedTimeouts, wanted, assignment, fresh, ticket, sync);
    }

    /** Told its generation; nothing is assigned in it yet. */
    Member joined() {
        return new Member(id, instanceId, origin, timeouts, protocols, NOTHING, false, null, sync);
    }

    /** Told that it still stands in its generation. */
    Member answeredInGeneration() {
        return new Member(
                id, instanceId, origin, timeouts, protocols, assignment, false, null, sync);
    }

    Member syncing(Ticket<SyncGroupResponseData> ticket) {
        return new Member(
                id, instanceId, origin, timeouts, protocols, assignment, fresh, join, ticket);
    }

    Member assigned(byte[] newAssignment) {
        return new Member(
                id, instanceId, origin, timeouts, protocols, newAssignment, fresh, join, null);
    }

    /** The same static member after a restart, under a new id. */
    Member renamed(String newId) {
        return new Member(
                newId, instanceId, origin, timeouts, protocols, assignment, fresh, null, null);
    }
}
