package io.tombolo.broker.redirect;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.protocol.client.ClientCall;
import io.tombolo.region.RegionId;

import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What other regions say of topics. */
record OtherMetadata(Homes homes, Map<RegionId, RegionContact> contacts, KnownBrokers brokers) {

    /** The first with topic ids; what is answered then has a place in every version. */
    private static final int VERSION = 12;

    /**
     * Asks a region.
     *
     * @param answer called once, on any loop; empty when the region does not answer
     */
    void ask(
            RegionId region,
            MetadataRequestData question,
            Consumer<Optional<MetadataResponseData>> answer) {
        RegionContact contact = contacts.get(region);
        if (contact == null) {
            answer.accept(Optional.empty());
            return;
        }
        contact.ask(
                ClientCall.of(ApiKeys.METADATA, VERSION, VERSION, question),
                found -> answer.accept(found.map(MetadataResponseData.class::cast)));
    }

    /** The region whose controller clients ask, unless it is this one. */
    Optional<RegionId> controllerAway(MetadataImage image) {
        return homes.ofTransactions(image) instanceof Home.Away(RegionId region)
                ? Optional.of(region)
                : Optional.empty();
    }
}
