package io.tombolo.broker.quorum;

import io.tombolo.controller.command.BrokerCommand.RegisterBroker;
import io.tombolo.metadata.record.BrokerListener;
import io.tombolo.metadata.record.BrokerRegistration;

import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData.Feature;
import org.apache.kafka.common.message.BrokerRegistrationRequestData.Listener;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/** A broker's registration as Kafka's request, and back. Pure. */
final class Registrations {

    /** Kafka's security protocols; the index is the number on the wire. */
    private static final List<String> PROTOCOLS =
            List.of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL");

    private Registrations() {}

    static BrokerRegistrationRequestData encode(RegisterBroker command, String clusterId) {
        var request =
                new BrokerRegistrationRequestData()
                        .setBrokerId(command.brokerId())
                        .setClusterId(clusterId)
                        .setIncarnationId(command.incarnation())
                        .setLogDirs(command.logDirs())
                        .setPreviousBrokerEpoch(command.previousBrokerEpoch());
        String rack = command.endpoints().rack();
        request.setRack(rack.isEmpty() ? null : rack);
        command.endpoints()
                .features()
                .forEach((name, levels) ->
                        request.features()
                                .add(
                                        new Feature()
                                                .setName(name)
                                                .setMinSupportedVersion(levels.min())
                                                .setMaxSupportedVersion(levels.max())));
        for (BrokerListener listener : command.endpoints().listeners()) {
            request.listeners()
                    .add(
                            new Listener()
                                    .setName(listener.name())
                                    .setHost(listener.host())
                                    .setPort(listener.port())
                                    .setSecurityProtocol(
                                            (short)
                                                    PROTOCOLS.indexOf(
                                                            listener.securityProtocol())));
        }
        return request;
    }

    /**
     * @throws IllegalArgumentException when the request names what does not exist
     */
    static RegisterBroker decode(BrokerRegistrationRequestData request) {
        var listeners = new ArrayList<BrokerListener>();
        for (Listener listener : request.listeners()) {
            int protocol = listener.securityProtocol();
            if (protocol < 0 || protocol >= PROTOCOLS.size()) {
                throw new IllegalArgumentException("no security protocol number " + protocol);
            }
            listeners.add(
                    new BrokerListener(
                            listener.name(),
                            listener.host(),
                            listener.port(),
                            PROTOCOLS.get(protocol)));
        }
        var features = new TreeMap<String, BrokerRegistration.Levels>();
        for (Feature feature : request.features()) {
            features.put(
                    feature.name(),
                    new BrokerRegistration.Levels(
                            feature.minSupportedVersion(), feature.maxSupportedVersion()));
        }
        return new RegisterBroker(
                request.brokerId(),
                request.incarnationId(),
                new BrokerRegistration.Endpoints(
                        listeners, Objects.requireNonNullElse(request.rack(), ""), features),
                request.logDirs(),
                request.previousBrokerEpoch());
    }
}
