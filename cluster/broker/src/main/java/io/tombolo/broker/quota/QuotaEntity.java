package io.tombolo.broker.quota;

import io.tombolo.metadata.record.ConfigResource;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a quota is for: a user, a client id, both, or an address.
 *
 * @param parts names by type; empty for the default of a type
 */
public record QuotaEntity(SortedMap<String, Optional<String>> parts) {

    public static final String USER = "user";
    public static final String CLIENT_ID = "client-id";
    public static final String IP = "ip";

    /** What there may be quotas for. */
    public static final Set<String> TYPES = Set.of(USER, CLIENT_ID, IP);

    public QuotaEntity {
        parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
    }

    /** Whether an address stands beside a user or a client, which no quota is for. */
    public static boolean mixes(Collection<String> types) {
        return types.contains(IP) && types.size() > 1;
    }

    /** Under which its limits are kept: {@code client-id=etl&user}, where user is any. */
    public ConfigResource resource() {
        var text = new StringBuilder();
        parts.forEach((type, name) -> {
            text.append(text.isEmpty() ? "" : "&").append(type);
            name.ifPresent(
                    one -> text.append('=').append(URLEncoder.encode(one, StandardCharsets.UTF_8)));
        });
        return ConfigResource.clientQuota(text.toString());
    }

    /** The one that limits are kept of. */
    public static QuotaEntity of(ConfigResource resource) {
        var parts = new TreeMap<String, Optional<String>>();
        for (String part : resource.name().split("&")) {
            int equal = part.indexOf('=');
            if (equal < 0) {
                parts.put(part, Optional.empty());
            } else {
                String name = URLDecoder.decode(part.substring(equal + 1), StandardCharsets.UTF_8);
                parts.put(part.substring(0, equal), Optional.of(name));
            }
        }
        return new QuotaEntity(parts);
    }

    static QuotaEntity both(Optional<String> user, Optional<String> clientId) {
        return new QuotaEntity(new TreeMap<>(Map.of(USER, user, CLIENT_ID, clientId)));
    }

    static QuotaEntity user(Optional<String> name) {
        return new QuotaEntity(new TreeMap<>(Map.of(USER, name)));
    }

    static QuotaEntity clientId(Optional<String> name) {
        return new QuotaEntity(new TreeMap<>(Map.of(CLIENT_ID, name)));
    }
}
