package io.tombolo.contract;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The fields of responses in which two brokers must or may differ, and why. */
final class MaskedFields {

    /** Values that say that there is none; they are compared also where the field is masked. */
    private static final Set<String> NOTHING =
            Set.of("null", "-1", "", "[]", Uuid.ZERO_UUID.toString());

    private record Mask(Pattern field, String reason) {}

    private static final List<Mask> TABLE =
            List.of(
                    mask(".*\\.(topicId|clusterId)", "drawn or derived by each cluster"),
                    mask(".*\\.(host|port)", "each broker listens on a port of its own"),
                    mask(".*\\.errorMessage", "for people, in words of our own"),
                    mask(".*\\.leaderEpoch", "ours may rise when a broker starts"),
                    mask("LIST_OFFSETS\\..*\\.timestamp", "when the record was sent"),
                    mask("INIT_PRODUCER_ID\\.producerId", "each region has a range of its own"),
                    mask("DESCRIBE_LOG_DIRS\\.results\\.logDir", "a folder of each broker"),
                    mask(
                            "DESCRIBE_LOG_DIRS\\.results\\.(usableBytes|totalBytes)",
                            "changes on the disk from moment to moment"),
                    mask(
                            "API_VERSIONS\\.apiKeys",
                            "what is answered is advertised; statement 1.0 compares the versions"),
                    mask(
                            "API_VERSIONS\\.(supportedFeatures|finalizedFeatures.*)",
                            "only those of Kafka's features are named that are there"));

    /** Single fields that differ, by the names of the elements that they stand in. */
    private static final List<Mask> KNOWN =
            List.of(
                    mask(
                            ".*\\.configs\\[min\\.insync\\.replicas]\\.(configSource|synonyms.*)",
                            "Kafka writes this default into the metadata when it formats a cluster"
                                    + " with ELR; ours stays in the file"));

    /** Arrays that also hold what other tests have made. */
    private static final Pattern SHARED =
            Pattern.compile("LIST_GROUPS\\.groups|LIST_CONFIG_RESOURCES\\.configResources");

    private MaskedFields() {}

    private static Mask mask(String field, String reason) {
        return new Mask(Pattern.compile(field), reason);
    }

    static boolean hides(ApiKeys api, String path) {
        String name = api.name() + "." + path;
        return TABLE.stream().anyMatch(mask -> mask.field().matcher(name).matches());
    }

    /** Whether only those elements are compared that the sample itself has made. */
    static boolean shares(ApiKeys api, String path) {
        return SHARED.matcher(api.name() + "." + path).matches();
    }

    /** What is left of a value that is not compared: whether there is one. */
    static String masked(String value) {
        return NOTHING.contains(value) ? value : "some";
    }

    /**
     * Whether a difference is known, or harmless: people may be told more than Kafka tells them,
     * and never less.
     *
     * @param field the API, its version and the names of the field and of what it stands in
     */
    static boolean excuses(String field, String expected) {
        return field.endsWith("rrorMessage") && NOTHING.contains(expected)
                || KNOWN.stream().anyMatch(mask -> mask.field().matcher(field).matches());
    }
}
