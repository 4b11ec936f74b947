package io.tombolo.broker.request.cluster;

import java.util.Set;

/** What a quota of Kafka may be for. */
final class QuotaEntities {

    private static final String IP = "ip";

    static final Set<String> TYPES = Set.of("user", "client-id", IP);

    private QuotaEntities() {}

    /** Whether an address stands beside a user or a client, which no quota is for. */
    static boolean mixes(Set<String> types) {
        return types.contains(IP) && types.size() > 1;
    }
}
