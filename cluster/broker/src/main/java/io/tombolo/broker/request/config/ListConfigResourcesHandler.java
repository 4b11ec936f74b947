package io.tombolo.broker.request.config;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * ListConfigResources (KIP-1142): the resources of some kinds that have, or could have, configs.
 */
public final class ListConfigResourcesHandler
        implements RequestHandler<ListConfigResourcesRequestData> {

    private static final short ONLY_CLIENT_METRICS = 0;

    private final Images images;

    public ListConfigResourcesHandler(Images images) {
        this.images = images;
    }

    @Override
    public void handle(Exchange exchange, ListConfigResourcesRequestData body) {
        var response = new ListConfigResourcesResponseData();
        for (byte kind : kinds(body, exchange.version())) {
            if (!ResourceTypes.known(kind)) {
                exchange.answer(
                        new ListConfigResourcesResponseData()
                                .setErrorCode(Errors.UNSUPPORTED_VERSION.code()));
                return;
            }
            for (String name : namesOf(kind)) {
                response.configResources()
                        .add(
                                new ListConfigResourcesResponseData.ConfigResource()
                                        .setResourceName(name)
                                        .setResourceType(kind));
            }
        }
        exchange.answer(response);
    }

    private static List<Byte> kinds(ListConfigResourcesRequestData body, short version) {
        if (version == ONLY_CLIENT_METRICS) {
            return List.of(ResourceTypes.CLIENT_METRICS);
        }
        return body.resourceTypes().isEmpty()
                ? ResourceTypes.ALL_KINDS
                : new ArrayList<>(new TreeSet<>(body.resourceTypes()));
    }

    private Set<String> namesOf(byte kind) {
        MetadataImage image = images.current();
        if (kind == ConfigResource.Type.TOPIC.code()) {
            return image.topics().idByName().keySet();
        }
        var names = new TreeSet<String>();
        if (kind == ConfigResource.Type.BROKER.code() || kind == ResourceTypes.BROKER_LOGGER) {
            image.brokers().byId().keySet().forEach(id -> names.add(Integer.toString(id)));
        } else if (kind == ConfigResource.Type.GROUP.code()) {
            image.configs().byResource().keySet().stream()
                    .filter(resource -> resource.type() == ConfigResource.Type.GROUP)
                    .forEach(resource -> names.add(resource.name()));
        }
        return names;
    }
}
