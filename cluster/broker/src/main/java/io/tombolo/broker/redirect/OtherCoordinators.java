package io.tombolo.broker.redirect;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.group.FindCoordinatorHandler;
import io.tombolo.broker.shard.Gathering;
import io.tombolo.broker.shard.Shards;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.protocol.client.ClientCall;
import io.tombolo.region.RegionId;

import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Coordinators of groups and transactional ids, wherever they belong. */
record OtherCoordinators(Homes homes, Map<RegionId, RegionContact> contacts) {

    /** The first that answers keys one by one. */
    private static final int VERSION = 4;

    void handle(
            MetadataImage image,
            FindCoordinatorHandler local,
            Exchange exchange,
            FindCoordinatorRequestData body) {
        List<String> keys = FindCoordinatorHandler.keys(body, exchange.version());
        if (keys.isEmpty()) {
            local.handle(exchange, body);
            return;
        }
        var gathering =
                new Gathering<Coordinator>(
                        keys.size(), found -> FindCoordinatorHandler.answer(exchange, found));
        for (int index = 0; index < keys.size(); index++) {
            int place = index;
            String key = keys.get(index);
            switch (homeOf(image, body.keyType(), key)) {
                case Home.Here _ ->
                        gathering.fill(place, local.find(exchange, body.keyType(), key));
                case Home.Leaving _, Home.Arriving _ ->
                        gathering.fill(place, FindCoordinatorHandler.unavailable(key));
                case Home.Away(RegionId region) ->
                        ask(
                                region,
                                body.keyType(),
                                key,
                                found ->
                                        Shards.run(
                                                exchange.loop(),
                                                () -> gathering.fill(place, found)));
            }
        }
    }

    private Home homeOf(MetadataImage image, byte type, String key) {
        return switch (type) {
            case FindCoordinatorHandler.GROUP -> homes.ofGroup(image, key);
            case FindCoordinatorHandler.TRANSACTION -> homes.ofTransactions(image);
            default -> Home.HERE;
        };
    }

    private void ask(RegionId region, byte type, String key, Consumer<Coordinator> answer) {
        RegionContact contact = contacts.get(region);
        if (contact == null) {
            answer.accept(FindCoordinatorHandler.unavailable(key));
            return;
        }
        var question =
                new FindCoordinatorRequestData().setKeyType(type).setCoordinatorKeys(List.of(key));
        contact.ask(
                ClientCall.of(ApiKeys.FIND_COORDINATOR, VERSION, VERSION, question),
                found -> answer.accept(coordinator(found, key)));
    }

    private static Coordinator coordinator(Optional<ApiMessage> answer, String key) {
        return answer.map(FindCoordinatorResponseData.class::cast).stream()
                .flatMap(found -> found.coordinators().stream())
                .filter(found -> found.key().equals(key))
                .findFirst()
                .orElseGet(() -> FindCoordinatorHandler.unavailable(key));
    }
}
