package io.tombolo.broker.quota;

import io.tombolo.metadata.image.ConfigsImage;
import io.tombolo.metadata.record.ConfigResource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The quotas of clients at one moment. Immutable.
 *
 * @param configs what they were read from; the same object as long as no config changes
 */
record QuotaTable(ConfigsImage configs, Map<Limit, Double> rates) {

    /** A limit, by what it is for. */
    record Limit(String key, QuotaEntity entity) {}

    /**
     * A rate that applies to a client.
     *
     * @param whose who shares it
     */
    record Rate(Share whose, double bytesPerSecond) {}

    /** Who shares a rate; empty for what does not matter to it. */
    record Share(String key, Optional<String> user, Optional<String> clientId) {}

    /** From the most specific one on; what is empty stands for any. */
    private static final List<BiFunction<Optional<String>, Optional<String>, QuotaEntity>> ORDER =
            List.of(
                    QuotaEntity::both,
                    (user, _) -> QuotaEntity.both(user, Optional.empty()),
                    (user, _) -> QuotaEntity.user(user),
                    (_, clientId) -> QuotaEntity.both(Optional.empty(), clientId),
                    (_, _) -> QuotaEntity.both(Optional.empty(), Optional.empty()),
                    (_, _) -> QuotaEntity.user(Optional.empty()),
                    (_, clientId) -> QuotaEntity.clientId(clientId),
                    (_, _) -> QuotaEntity.clientId(Optional.empty()));

    static QuotaTable of(ConfigsImage configs) {
        var rates = new HashMap<Limit, Double>();
        configs.byResource()
                .forEach((resource, limits) -> {
                    if (resource.type() == ConfigResource.Type.CLIENT_QUOTA) {
                        QuotaEntity entity = QuotaEntity.of(resource);
                        limits.forEach((key, value) ->
                                rates.put(new Limit(key, entity), Double.parseDouble(value)));
                    }
                });
        return new QuotaTable(configs, Map.copyOf(rates));
    }

    /** The most specific rate of a client; empty when nothing limits it. */
    Optional<Rate> rate(String key, String user, String clientId) {
        for (var level : ORDER) {
            QuotaEntity entity = level.apply(Optional.of(user), Optional.of(clientId));
            Double rate = rates.get(new Limit(key, entity));
            if (rate != null) {
                var share =
                        new Share(
                                key,
                                only(entity, QuotaEntity.USER, user),
                                only(entity, QuotaEntity.CLIENT_ID, clientId));
                return Optional.of(new Rate(share, rate));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> only(QuotaEntity entity, String type, String name) {
        return entity.parts().containsKey(type) ? Optional.of(name) : Optional.empty();
    }
}
