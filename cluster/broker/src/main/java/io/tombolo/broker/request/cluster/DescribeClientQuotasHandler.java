package io.tombolo.broker.request.cluster;

import io.tombolo.broker.Images;
import io.tombolo.broker.quota.QuotaEntity;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.EntityData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.EntryData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.ValueData;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** DescribeClientQuotas: the limits of those entities that a filter lets pass. */
public final class DescribeClientQuotasHandler
        implements RequestHandler<DescribeClientQuotasRequestData> {

    private static final byte MATCH_EXACT = 0;
    private static final byte MATCH_DEFAULT = 1;
    private static final byte MATCH_SPECIFIED = 2;

    private final Images images;

    public DescribeClientQuotasHandler(Images images) {
        this.images = images;
    }

    @Override
    public void handle(Exchange exchange, DescribeClientQuotasRequestData body) {
        exchange.answer(faultOf(body.components()).orElseGet(() -> found(body, images.current())));
    }

    private static DescribeClientQuotasResponseData found(
            DescribeClientQuotasRequestData body, MetadataImage image) {
        var entries = new ArrayList<EntryData>();
        image.configs()
                .byResource()
                .forEach((resource, limits) -> {
                    if (resource.type() == ConfigResource.Type.CLIENT_QUOTA) {
                        QuotaEntity entity = QuotaEntity.of(resource);
                        if (passes(entity, body)) {
                            entries.add(entry(entity, limits));
                        }
                    }
                });
        return new DescribeClientQuotasResponseData().setEntries(entries);
    }

    private static boolean passes(QuotaEntity entity, DescribeClientQuotasRequestData body) {
        if (body.strict() && entity.parts().size() != body.components().size()) {
            return false;
        }
        return body.components().stream()
                .allMatch(wanted -> {
                    Optional<String> name = entity.parts().get(wanted.entityType());
                    return name != null
                            && (wanted.matchType() == MATCH_SPECIFIED
                                    || name.equals(Optional.ofNullable(wanted.match())));
                });
    }

    private static EntryData entry(QuotaEntity entity, Map<String, String> limits) {
        var entry = new EntryData();
        entity.parts()
                .forEach((type, name) ->
                        entry.entity()
                                .add(
                                        new EntityData()
                                                .setEntityType(type)
                                                .setEntityName(name.orElse(null))));
        limits.forEach((key, value) ->
                entry.values()
                        .add(new ValueData().setKey(key).setValue(Double.parseDouble(value))));
        return entry;
    }

    private static Optional<DescribeClientQuotasResponseData> faultOf(
            List<ComponentData> components) {
        Set<String> types = new HashSet<>();
        for (ComponentData component : components) {
            String type = component.entityType();
            if (type.isEmpty()) {
                return refused(Errors.INVALID_REQUEST, "An entity type is empty.");
            }
            if (!types.add(type)) {
                return refused(
                        Errors.INVALID_REQUEST,
                        "Entity type '%s' is in several components.".formatted(type));
            }
            if (!QuotaEntity.TYPES.contains(type)) {
                return refused(
                        Errors.UNSUPPORTED_VERSION, "There is no entity type '" + type + "'.");
            }
            Optional<String> fault = faultOfMatch(component);
            if (fault.isPresent()) {
                return refused(Errors.INVALID_REQUEST, fault.get());
            }
        }
        return QuotaEntity.mixes(types)
                ? refused(Errors.INVALID_REQUEST, "'ip' goes with no other entity type.")
                : Optional.empty();
    }

    private static Optional<String> faultOfMatch(ComponentData component) {
        byte type = component.matchType();
        return switch (type) {
            case MATCH_EXACT ->
                    component.match() == null
                            ? Optional.of("An exact match says which name.")
                            : Optional.empty();
            case MATCH_DEFAULT, MATCH_SPECIFIED ->
                    component.match() != null
                            ? Optional.of("Only an exact match has a name.")
                            : Optional.empty();
            default -> Optional.of("There is no match type " + type + ".");
        };
    }

    private static Optional<DescribeClientQuotasResponseData> refused(Errors error, String why) {
        return Optional.of(
                new DescribeClientQuotasResponseData()
                        .setErrorCode(error.code())
                        .setErrorMessage(why)
                        .setEntries(null));
    }
}
