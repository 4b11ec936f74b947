package io.tombolo.broker.voter;

import io.tombolo.environment.Endpoint;
import io.tombolo.protocol.VersionRange;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterChange;
import io.tombolo.raft.core.VoterSet;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.message.UpdateRaftVoterRequestData;
import org.apache.kafka.common.message.UpdateRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Changes of voters as AddRaftVoter, RemoveRaftVoter and UpdateRaftVoter, and back. Pure. */
public final class VoterChangeCodec {

    private VoterChangeCodec() {}

    /** A request for the wire. */
    public record Outgoing(ApiKeys api, VersionRange versions, ApiMessage body) {}

    /**
     * What a replica asks of its leader. It does not wait for the commit: its own log will show it.
     */
    public static Outgoing encode(String clusterId, int epoch, VoterChange change) {
        return switch (change) {
            case VoterChange.Add(VoterSet.Voter voter) ->
                    new Outgoing(
                            ApiKeys.ADD_RAFT_VOTER, VersionRange.of(1, 1), add(clusterId, voter));
            case VoterChange.Remove(ReplicaKey voter) ->
                    new Outgoing(
                            ApiKeys.REMOVE_RAFT_VOTER,
                            VersionRange.of(0, 0),
                            new RemoveRaftVoterRequestData()
                                    .setClusterId(clusterId)
                                    .setVoterId(voter.nodeId())
                                    .setVoterDirectoryId(kafka(voter.directoryId())));
            case VoterChange.Update(VoterSet.Voter voter) ->
                    new Outgoing(
                            ApiKeys.UPDATE_RAFT_VOTER,
                            VersionRange.of(0, 0),
                            update(clusterId, epoch, voter));
        };
    }

    private static ApiMessage add(String clusterId, VoterSet.Voter voter) {
        var listeners = new AddRaftVoterRequestData.ListenerCollection();
        voter.listeners()
                .forEach((name, address) ->
                        listeners.add(
                                new AddRaftVoterRequestData.Listener()
                                        .setName(name)
                                        .setHost(address.host())
                                        .setPort(address.port())));
        return new AddRaftVoterRequestData()
                .setClusterId(clusterId)
                .setTimeoutMs(0)
                .setVoterId(voter.key().nodeId())
                .setVoterDirectoryId(kafka(voter.key().directoryId()))
                .setListeners(listeners)
                .setAckWhenCommitted(false);
    }

    private static ApiMessage update(String clusterId, int epoch, VoterSet.Voter voter) {
        var listeners = new UpdateRaftVoterRequestData.ListenerCollection();
        voter.listeners()
                .forEach((name, address) ->
                        listeners.add(
                                new UpdateRaftVoterRequestData.Listener()
                                        .setName(name)
                                        .setHost(address.host())
                                        .setPort(address.port())));
        return new UpdateRaftVoterRequestData()
                .setClusterId(clusterId)
                .setCurrentLeaderEpoch(epoch)
                .setVoterId(voter.key().nodeId())
                .setVoterDirectoryId(kafka(voter.key().directoryId()))
                .setListeners(listeners)
                .setKRaftVersionFeature(
                        new UpdateRaftVoterRequestData.KRaftVersionFeature()
                                .setMinSupportedVersion(voter.versions().min())
                                .setMaxSupportedVersion(voter.versions().max()));
    }

    /** The cluster that a request is for, if it says so. */
    static @Nullable String clusterIdOf(ApiMessage body) {
        return switch (body) {
            case AddRaftVoterRequestData add -> add.clusterId();
            case RemoveRaftVoterRequestData remove -> remove.clusterId();
            case UpdateRaftVoterRequestData update -> update.clusterId();
            default -> throw new IllegalArgumentException("not a change of voters: " + body);
        };
    }

    /**
     * Reads a request.
     *
     * @throws IllegalArgumentException when it names no replica; the message is for its sender
     */
    static VoterChange decode(ApiMessage body) {
        return switch (body) {
            case AddRaftVoterRequestData add -> new VoterChange.Add(voter(add));
            case RemoveRaftVoterRequestData remove ->
                    new VoterChange.Remove(key(remove.voterId(), remove.voterDirectoryId()));
            case UpdateRaftVoterRequestData update -> new VoterChange.Update(voter(update));
            default -> throw new IllegalArgumentException("not a change of voters: " + body);
        };
    }

    private static VoterSet.Voter voter(AddRaftVoterRequestData add) {
        SortedMap<String, Endpoint> listeners = new TreeMap<>();
        add.listeners()
                .forEach(
                        each -> listeners.put(each.name(), new Endpoint(each.host(), each.port())));
        return new VoterSet.Voter(key(add.voterId(), add.voterDirectoryId()), named(listeners));
    }

    private static VoterSet.Voter voter(UpdateRaftVoterRequestData update) {
        SortedMap<String, Endpoint> listeners = new TreeMap<>();
        update.listeners()
                .forEach(
                        each -> listeners.put(each.name(), new Endpoint(each.host(), each.port())));
        var range = update.kRaftVersionFeature();
        return new VoterSet.Voter(
                key(update.voterId(), update.voterDirectoryId()),
                named(listeners),
                new VoterSet.Versions(range.minSupportedVersion(), range.maxSupportedVersion()));
    }

    private static SortedMap<String, Endpoint> named(SortedMap<String, Endpoint> listeners) {
        if (listeners.isEmpty()) {
            throw new IllegalArgumentException("The request names no listener of the voter.");
        }
        return listeners;
    }

    private static ReplicaKey key(int nodeId, Uuid directoryId) {
        if (nodeId < 0 || directoryId.equals(Uuid.ZERO_UUID)) {
            throw new IllegalArgumentException(
                    "The request names no replica: node id %d, directory id %s."
                            .formatted(nodeId, directoryId));
        }
        return new ReplicaKey(
                nodeId,
                new UUID(
                        directoryId.getMostSignificantBits(),
                        directoryId.getLeastSignificantBits()));
    }

    static Uuid kafka(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    /**
     * The response of one of the three APIs.
     *
     * @param message for people; null for none
     */
    static ApiMessage response(
            ApiKeys api, Errors error, @Nullable String message, LeaderAndEpoch leader) {
        return switch (api) {
            case ADD_RAFT_VOTER ->
                    new AddRaftVoterResponseData()
                            .setErrorCode(error.code())
                            .setErrorMessage(message);
            case REMOVE_RAFT_VOTER ->
                    new RemoveRaftVoterResponseData()
                            .setErrorCode(error.code())
                            .setErrorMessage(message);
            case UPDATE_RAFT_VOTER ->
                    new UpdateRaftVoterResponseData()
                            .setErrorCode(error.code())
                            .setCurrentLeader(
                                    new UpdateRaftVoterResponseData.CurrentLeader()
                                            .setLeaderId(leader.leaderId())
                                            .setLeaderEpoch(leader.epoch())
                                            .setHost("")
                                            .setPort(0));
            default -> throw new IllegalArgumentException(api + " changes no voters");
        };
    }
}
