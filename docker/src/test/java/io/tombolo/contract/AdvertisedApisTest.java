package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.nodes.Checkout;
import io.tombolo.protocol.ServedApis;

import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a broker of Kafka 4.4 advertises is answered, or named in the README; that the list is what
 * such a broker says is contract 1.0.
 */
class AdvertisedApisTest {

    /** Advertised only by a broker that has a plugin for them. */
    private static final Set<ApiKeys> WITH_A_PLUGIN =
            EnumSet.of(ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS, ApiKeys.PUSH_TELEMETRY);

    @Test
    void whatIsNotAnsweredIsNamedInTheReadme() throws IOException {
        Set<ApiKeys> unanswered = EnumSet.copyOf(WITH_A_PLUGIN);
        AdvertisedApis.OF_A_BROKER.keySet().forEach(id -> unanswered.add(ApiKeys.forId(id)));
        unanswered.removeAll(ServedApis.clientListener().apis());

        assertThat(namedInTheReadme()).isEqualTo(unanswered);
    }

    @Test
    void nothingIsAnsweredThatSuchABrokerDoesNotAdvertise() {
        assertThat(ServedApis.clientListener().apis())
                .allMatch(api -> AdvertisedApis.OF_A_BROKER.containsKey((int) api.id));
    }

    private static Set<ApiKeys> namedInTheReadme() throws IOException {
        String readme = Files.readString(Checkout.root().resolve("README.md"));
        String table = readme.split("(?m)^## What is not served$")[1].split("(?m)^## ")[0];
        Set<ApiKeys> named = EnumSet.noneOf(ApiKeys.class);
        for (ApiKeys api : ApiKeys.values()) {
            if (Pattern.compile("\\b" + api.name() + "\\b").matcher(table).find()) {
                named.add(api);
            }
        }
        return named;
    }
}
