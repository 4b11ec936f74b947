package io.tombolo.broker.redirect;

import io.tombolo.broker.request.OpenConnections;
import io.tombolo.region.LinkName;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The clients that are connected to this broker and were served topics or groups which links move;
 * none in a region whose clients no link moves.
 */
public record ClientUses(OpenConnections connections) {

    /** So many are named. */
    static final int CLIENTS_MAX = 1_000;

    /**
     * All connections of one client id from one host.
     *
     * @param group one that it was a member of; empty when it was of none that moves
     * @param ownershipEpoch the highest under which it was served
     */
    public record Client(
            String clientId, String host, String group, int connections, long ownershipEpoch) {

        private String key() {
            return clientId + '\n' + host;
        }

        private Client and(Client other) {
            return new Client(
                    clientId,
                    host,
                    group.isEmpty() ? other.group : group,
                    connections + other.connections,
                    Math.max(ownershipEpoch, other.ownershipEpoch));
        }
    }

    /**
     * Those of a link.
     *
     * @param clients by client id
     * @param more how many there are beside them
     */
    public record Told(List<Client> clients, int more) {}

    /** Those of a link; blocking, not to be called on a loop. */
    public Told of(LinkName link) throws InterruptedException {
        return told(connections.look(ClientUse.class, use -> use.of(link)));
    }

    static Told told(Collection<Optional<Client>> uses) {
        var clients = new TreeMap<String, Client>();
        for (Optional<Client> use : uses) {
            use.ifPresent(client -> clients.merge(client.key(), client, Client::and));
        }
        return new Told(
                clients.values().stream().limit(CLIENTS_MAX).toList(),
                Math.max(0, clients.size() - CLIENTS_MAX));
    }
}
