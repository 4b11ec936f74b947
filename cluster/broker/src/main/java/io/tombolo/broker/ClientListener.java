package io.tombolo.broker;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerListener;
import io.tombolo.metadata.record.BrokerRegistration;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/**
 * The listener that clients came in on, and what they are told of the region: addresses of the same
 * listener of every broker.
 *
 * @param name the listener's name
 * @param brokerId this broker
 */
public record ClientListener(String clusterId, String name, int brokerId) {

    /** Where clients reach a broker; {@code rack} is empty when it has none. */
    public record Address(int brokerId, String host, int port, String rack, boolean fenced) {

        /** The rack as Kafka's messages want it. */
        public @Nullable String rackOrNull() {
            return rack.isEmpty() ? null : rack;
        }
    }

    /** The brokers that serve, by id. */
    public List<Address> activeBrokers(MetadataImage image) {
        return brokers(image).stream().filter(broker -> !broker.fenced()).toList();
    }

    /** A broker that serves; empty when it does not. */
    public Optional<Address> activeBroker(MetadataImage image, int id) {
        return image.brokers().broker(id).flatMap(this::address).filter(broker -> !broker.fenced());
    }

    /** Every registered broker that has this listener, by id. */
    public List<Address> brokers(MetadataImage image) {
        return image.brokers().byId().values().stream()
                .map(this::address)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The broker that clients take for the controller, −1 when none is known or it is fenced. */
    public int controllerId(Images images) {
        int controllerId = images.leadBrokerId();
        return images.current().brokers().isActive(controllerId) ? controllerId : -1;
    }

    /**
     * Where clients send what is for the controller, −1 when none is known: here, since every
     * broker passes it on. The one that the metadata name may have died or stand still by now, and
     * a client would wait for it.
     */
    public int controllerForClients(Images images) {
        return controllerId(images) >= 0 && images.current().brokers().isActive(brokerId)
                ? brokerId
                : controllerId(images);
    }

    private Optional<Address> address(BrokerRegistration broker) {
        return broker.listener(name)
                .map((BrokerListener found) ->
                        new Address(
                                broker.brokerId(),
                                found.host(),
                                found.port(),
                                broker.endpoints().rack(),
                                broker.fenced()));
    }
}
