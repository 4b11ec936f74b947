package io.tombolo.broker.request.data;

import io.tombolo.broker.shard.Shard;
import io.tombolo.broker.shard.Shards;
import io.tombolo.metadata.image.TopicsImage;
import io.tombolo.replication.leader.Attendance;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the fetches of one replica session have in common, so that a fetch costs as much as there is
 * news and not as much as there are partitions: each shard watches the session's partitions and
 * knows in which of them something may be new. Confined to the loop of its connection.
 */
final class ReplicaSession {

    private final int replicaId;
    private final Shards shards;
    private final Attendance attendance = new Attendance();
    private final Map<Shard, SessionShard> parts = new LinkedHashMap<>();
    private final Set<FetchEntry> unresolved = new LinkedHashSet<>();

    ReplicaSession(int replicaId, Shards shards) {
        this.replicaId = replicaId;
        this.shards = shards;
    }

    /** When the replica was heard last. */
    Attendance attendance() {
        return attendance;
    }

    List<SessionShard> parts() {
        return List.copyOf(parts.values());
    }

    /** Takes over what a request names and forgets; returns whose topics are not known. */
    Map<FetchEntry, Errors> take(FetchSessionChoice.Chosen chosen, TopicsImage topics) {
        chosen.forgotten().forEach(this::forget);
        unresolved.addAll(chosen.named());
        var errors = new LinkedHashMap<FetchEntry, Errors>();
        var known = new LinkedHashMap<SessionShard, List<FetchEntry>>();
        for (FetchEntry entry : List.copyOf(unresolved)) {
            Errors error = entry.resolve(topics);
            if (error == Errors.NONE) {
                unresolved.remove(entry);
                known.computeIfAbsent(partOf(entry), _ -> new ArrayList<>()).add(entry);
            } else {
                errors.put(entry, error);
            }
        }
        known.forEach((part, entries) -> Shards.run(part.loop(), () -> part.look(entries)));
        return errors;
    }

    private void forget(FetchEntry entry) {
        if (!unresolved.remove(entry)) {
            SessionShard part = partOf(entry);
            Shards.run(part.loop(), () -> part.forget(entry));
        }
    }

    private SessionShard partOf(FetchEntry entry) {
        return parts.computeIfAbsent(
                shards.ownerOf(entry.partition()), shard -> new SessionShard(shard, replicaId));
    }

    void close() {
        parts.values().forEach(part -> Shards.run(part.loop(), part::close));
    }
}
