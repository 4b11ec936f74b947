package io.tombolo.broker.quota;

import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.protocol.Errors;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which limits there may be, and for what. */
public final class QuotaRules {

    /** Bytes of records per second that may be produced to this broker. */
    public static final String PRODUCE = "producer_byte_rate";

    /** Bytes of records per second that may be fetched from it. */
    public static final String CONSUME = "consumer_byte_rate";

    private static final Set<String> ENFORCED = Set.of(PRODUCE, CONSUME);

    private static final Set<String> OF_CLIENTS =
            Set.of(PRODUCE, CONSUME, "request_percentage", "controller_mutation_rate");

    private static final Set<String> OF_ADDRESSES = Set.of("connection_creation_rate");

    private QuotaRules() {}

    /** What is wrong with the limits of an entity. */
    public static Optional<Refusal> violation(ConfigResource entity, Map<String, String> limits) {
        boolean address = QuotaEntity.of(entity).parts().containsKey(QuotaEntity.IP);
        Set<String> known = address ? OF_ADDRESSES : OF_CLIENTS;
        for (var limit : limits.entrySet()) {
            Optional<Refusal> refusal =
                    known.contains(limit.getKey())
                            ? ofValue(limit.getKey(), Double.parseDouble(limit.getValue()))
                            : invalid("There is no quota '" + limit.getKey() + "' of such.");
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    private static Optional<Refusal> ofValue(String key, double value) {
        if (!(value > 0)) {
            return invalid("Quota " + key + " must be greater than 0.");
        }
        if (!ENFORCED.contains(key)) {
            return Optional.of(
                    new Refusal(
                            Errors.POLICY_VIOLATION,
                            "Quota " + key + " is not enforced here, so it is not taken."));
        }
        return value == Math.rint(value) && value <= Long.MAX_VALUE
                ? Optional.empty()
                : invalid("Quota " + key + " is a whole number of bytes per second.");
    }

    private static Optional<Refusal> invalid(String why) {
        return Optional.of(new Refusal(Errors.INVALID_REQUEST, why));
    }
}
