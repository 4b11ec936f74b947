package io.tombolo.broker.redirect;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.request.data.AwayTopics;
import io.tombolo.broker.request.group.FindCoordinatorHandler;
import io.tombolo.broker.request.topic.MetadataHandler;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Network;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.RegionRegistry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;

import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sends clients to the region that owns what they ask for. In a region whose clients no link moves
 * every handler is left as it is.
 */
public final class Redirection implements AwayTopics {

    private final RegionId self;
    private final Images images;
    private final Homes homes;
    private final KnownBrokers brokers;
    private final SortedMap<RegionId, RegionContact> contacts = new TreeMap<>();

    /**
     * Where it runs.
     *
     * @param topology the file, for the regions' addresses and what moves
     * @param region this one
     * @param loop of the connections to other regions
     * @param network that leads to other regions
     */
    public record Place(
            Topology topology, RegionId region, EventLoop loop, Clock clock, Network network) {}

    public Redirection(Place place, RegionRegistry registry, Images images) {
        this.self = place.region();
        this.images = images;
        this.homes = new Homes(place.topology(), self);
        this.brokers = new KnownBrokers(place.topology(), registry, self);
        var where = new RegionContact.Place(place.loop(), place.clock(), place.network());
        for (RegionId region : LogicalCluster.regionsWith(place.topology(), self)) {
            place.topology()
                    .hosted(region)
                    .filter(_ -> !region.equals(self))
                    .ifPresent(hosted -> contacts.put(region, contact(where, hosted)));
        }
    }

    private RegionContact contact(RegionContact.Place where, Region.Hosted region) {
        List<Endpoint> addresses = region.brokers().stream().map(Region.Broker::kafka).toList();
        return new RegionContact(
                where, addresses, "tombolo-redirect-%s@%s".formatted(self, region.id()));
    }

    /** Whether a link moves clients of this region. */
    public boolean movesClients() {
        return !homes.fixed();
    }

    /** Metadata that name the leaders of each topic where it is owned. */
    public RequestHandler<MetadataRequestData> metadata(MetadataHandler local) {
        if (homes.fixed()) {
            return local;
        }
        var there = new OtherMetadata(homes, contacts, brokers);
        return (exchange, body) -> {
            if (wantsOwnView(exchange)) {
                local.handle(exchange, body);
            } else {
                MetadataQuestion.answer(exchange, body, images, local, there);
            }
        };
    }

    /** Coordinators where groups and transactional ids belong. */
    public RequestHandler<FindCoordinatorRequestData> coordinators(FindCoordinatorHandler local) {
        if (homes.fixed()) {
            return local;
        }
        var there = new OtherCoordinators(homes, contacts);
        return (exchange, body) -> {
            if (wantsOwnView(exchange)) {
                local.handle(exchange, body);
            } else {
                there.handle(images.current(), local, exchange, body);
            }
        };
    }

    /**
     * Has calls refused whose group or transactional id is coordinated elsewhere.
     *
     * @param members has whoever is sent away from a group leave it
     */
    public RequestDispatcher guard(RequestDispatcher dispatcher, Farewell members) {
        if (!homes.fixed()) {
            new AwayCalls(homes, exchange -> !wantsOwnView(exchange), images::current, members)
                    .refuseIn(dispatcher);
        }
        return dispatcher;
    }

    /** Has a member leave its group. */
    @FunctionalInterface
    public interface Farewell {
        void leaves(Exchange exchange, String group, String member);
    }

    @Override
    public boolean away(Exchange exchange, String topic) {
        if (homes.fixed() || wantsOwnView(exchange)) {
            return false;
        }
        MetadataImage image = images.current();
        boolean away = !homes.ofTopic(image, topic).equals(Home.HERE);
        ApiKeys api = exchange.request().api();
        if (!away && (api == ApiKeys.PRODUCE || api == ApiKeys.FETCH)) {
            ClientUse.of(exchange).topic(homes, image, topic);
        }
        return away;
    }

    @Override
    public boolean passing(Exchange exchange, String topic) {
        if (homes.fixed() || wantsOwnView(exchange)) {
            return false;
        }
        MetadataImage image = images.current();
        boolean ours =
                image.topics().topic(topic).filter(one -> image.mirrorOf(one).isEmpty()).isPresent()
                        && image.fencing(topic).isEmpty();
        return ours || !homes.ofTopic(image, topic).equals(Home.HERE);
    }

    /** Links, commands and readers of a mirror say so with the name of the region behind an @. */
    private boolean wantsOwnView(Exchange exchange) {
        String clientId = exchange.request().clientId();
        return clientId.endsWith(self.name())
                && clientId.startsWith("@", clientId.length() - self.name().length() - 1);
    }
}
