package io.tombolo.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

class OwnClusterTest {

    @Test
    void nothingIsWrittenWhileAnotherClusterAnswersUnderTheAddress() {
        try (var text = new OwnCluster("own")) {
            text.onUpdate(new ClusterResource("other"));
            assertThatThrownBy(() -> text.serialize("orders", "hello"))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("cluster other answers instead of own");

            text.onUpdate(new ClusterResource("own"));
            assertThat(text.serialize("orders", "hello"))
                    .isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
        }
    }
}
