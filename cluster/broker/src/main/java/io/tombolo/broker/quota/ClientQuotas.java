package io.tombolo.broker.quota;

import io.tombolo.broker.Images;
import io.tombolo.broker.quota.QuotaTable.Rate;
import io.tombolo.broker.quota.QuotaTable.Share;
import io.tombolo.environment.Clock;
import io.tombolo.metadata.image.ConfigsImage;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * For how long clients are held back that produce or consume more than they may at this broker. Of
 * several quotas the most specific one counts, in Kafka's order: for user and client id, for the
 * user and any client id, for the user, then the same for any user, then for the client id, for any
 * client id. One for any counts for each by itself. Thread-safe; where there are no quotas it costs
 * two reads.
 */
public final class ClientQuotas {

    /** Nobody is held back for longer by one request; the rest is held against the next one. */
    static final Duration THROTTLE_MAX = Duration.ofSeconds(30);

    /** Clients that are followed at a time; further ones share a pace. */
    static final int CLIENTS_MAX = 10_000;

    /** What Kafka calls those that have not said who they are. */
    static final String ANONYMOUS = "ANONYMOUS";

    private final Images images;
    private final Clock clock;
    private final ConcurrentHashMap<Share, Pace> paces = new ConcurrentHashMap<>();
    private final Pace crowd;
    private volatile QuotaTable table;

    public ClientQuotas(Images images, Clock clock) {
        this.images = images;
        this.clock = clock;
        this.crowd = new Pace(clock.nanoTime());
        this.table = QuotaTable.of(images.current().configs());
    }

    /** Notes bytes of records that a client has sent; returns its throttle time, milliseconds. */
    public int produced(String clientId, long bytes) {
        return used(QuotaRules.PRODUCE, clientId, bytes);
    }

    /** Notes bytes of records that a client was given; returns its throttle time, milliseconds. */
    public int consumed(String clientId, long bytes) {
        return used(QuotaRules.CONSUME, clientId, bytes);
    }

    private int used(String key, String clientId, long bytes) {
        QuotaTable quotas = current();
        if (quotas.rates().isEmpty() || bytes == 0) {
            return 0;
        }
        Optional<Rate> rate = quotas.rate(key, ANONYMOUS, clientId);
        if (rate.isEmpty()) {
            return 0;
        }
        long nowNanos = clock.nanoTime();
        Pace pace = paceOf(rate.get().whose(), nowNanos);
        return throttleMs(pace.use(bytes, rate.get().bytesPerSecond(), nowNanos));
    }

    private static int throttleMs(long nanos) {
        long bounded = Math.clamp(nanos, 0, THROTTLE_MAX.toNanos());
        return (int) Duration.ofNanos(bounded + 999_999).toMillis();
    }

    /** Whoever changes a quota forgives what was too much before. */
    private QuotaTable current() {
        ConfigsImage configs = images.current().configs();
        QuotaTable present = table;
        if (present.configs() == configs) {
            return present;
        }
        QuotaTable next = QuotaTable.of(configs);
        if (!next.rates().equals(present.rates())) {
            paces.clear();
        }
        table = next;
        return next;
    }

    private Pace paceOf(Share whose, long nowNanos) {
        Pace known = paces.get(whose);
        if (known != null) {
            return known;
        }
        if (paces.size() >= CLIENTS_MAX) {
            paces.values().removeIf(pace -> pace.idle(nowNanos));
        }
        return paces.size() >= CLIENTS_MAX
                ? crowd
                : paces.computeIfAbsent(whose, _ -> new Pace(nowNanos));
    }
}
