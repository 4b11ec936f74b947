package io.tombolo.broker.redirect;

import io.tombolo.broker.request.Exchange;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.RegionImage;
import io.tombolo.region.LinkName;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.topology.LinkEntry;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a client was served on one connection of what links move, so that people can be told who has
 * followed a topic and who has not. Mutable, confined to the loop of its connection.
 */
final class ClientUse implements AutoCloseable {

    /** So many topics are known to have been looked at; beyond, they are looked at again. */
    static final int TOPICS_MAX = 256;

    private static final int NAME_MAX = 200;

    private final String clientId;
    private final String host;
    private final SortedMap<LinkName, Long> epochs = new TreeMap<>();
    private final Set<String> looked = new HashSet<>();
    private @Nullable RegionImage region;
    private String group = "";

    private ClientUse(Exchange exchange) {
        this.clientId = cut(exchange.request().clientId());
        this.host = exchange.connection().remote().host();
    }

    /** That of the connection an exchange came on. */
    static ClientUse of(Exchange exchange) {
        return exchange.attachments().get(ClientUse.class, () -> new ClientUse(exchange));
    }

    /** The client writes or reads a topic here. */
    void topic(Homes homes, MetadataImage image, String topic) {
        if (region != image.region() || looked.size() >= TOPICS_MAX) {
            region = image.region();
            looked.clear();
        }
        if (looked.add(topic)) {
            homes.linkOf(image, topic).ifPresent(link -> note(image, link));
        }
    }

    /** The client is a member of a group here, or commits for one. */
    void group(Homes homes, MetadataImage image, String name) {
        homes.linkOfGroup(name)
                .ifPresent(link -> {
                    group = cut(name);
                    note(image, link);
                });
    }

    private void note(MetadataImage image, LinkEntry link) {
        long epoch =
                image.region()
                        .ownershipOf(link.domain())
                        .map(owned -> owned.ownership())
                        .map(Ownership::epoch)
                        .orElse(0L);
        epochs.put(link.name(), epoch);
    }

    /** The client, when it was served something of a link. */
    Optional<ClientUses.Client> of(LinkName link) {
        return Optional.ofNullable(epochs.get(link))
                .map(epoch -> new ClientUses.Client(clientId, host, group, 1, epoch));
    }

    private static String cut(String name) {
        return name.length() > NAME_MAX ? name.substring(0, NAME_MAX) : name;
    }

    @Override
    public void close() {}
}
