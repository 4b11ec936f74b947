package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.nodes.Checkout;
import io.tombolo.protocol.ServedApis;
import io.tombolo.region.config.ConfigCatalogue;
import io.tombolo.region.config.ConfigDefinition;
import io.tombolo.region.topology.file.TopologyFile;

import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The README says what is true. */
class ReadmeTest {

    @Test
    void theTableOfApisIsThatOfTheBroker() throws IOException {
        String table = section("## What is served");
        List<ApiKeys> served = ServedApis.clientListener().apis();

        for (ApiKeys api : ApiKeys.values()) {
            boolean named = Pattern.compile("\\b" + api.name() + "\\b").matcher(table).find();
            assertThat(named).as(api.name()).isEqualTo(served.contains(api));
        }
    }

    @Test
    void everyTopicConfigWithoutEffectIsNamed() throws IOException {
        String text = section("## Settings without effect");
        List<String> all =
                ConfigCatalogue.TOPIC.visible().stream().map(ConfigDefinition::name).toList();
        List<String> idle = ConfigCatalogue.TOPIC.withoutEffect(all);
        List<String> named =
                Pattern.compile("`([a-z.]+)`")
                        .matcher(text)
                        .results()
                        .map(match -> match.group(1))
                        .filter(all::contains)
                        .toList();

        assertThat(named).containsExactlyInAnyOrderElementsOf(idle);
        assertThat(text).contains("All " + all.size() + " topic configs");
    }

    @Test
    void theSmallestUsefulFileRunsAsItStands() throws IOException {
        String yaml = section("## Link two regions").split("```yaml\n")[1].split("```")[0];

        TopologyFile file = TopologyFile.parse("tombolo.yaml", yaml);

        assertThat(file).isInstanceOf(TopologyFile.Valid.class);
        assertThat(((TopologyFile.Valid) file).refusals()).isEmpty();
    }

    /** From a heading to the next one. */
    private static String section(String heading) throws IOException {
        return Arrays.stream(Files.readString(readme()).split("(?m)^(?=## )"))
                .filter(section -> section.startsWith(heading))
                .findFirst()
                .orElseThrow();
    }

    private static Path readme() {
        return Checkout.root().resolve("README.md");
    }
}
