package io.tombolo.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {

    @Test
    void namesAndAddressesAreRead() {
        assertThat(Endpoint.parse("broker-1:9092")).isEqualTo(new Endpoint("broker-1", 9092));
        assertThat(Endpoint.parse("[::1]:0")).isEqualTo(new Endpoint("::1", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"broker-1:9092", "10.0.0.1:65535", "[fe80::1]:80"})
    void anEndpointIsReadAsItIsWritten(String text) {
        assertThat(Endpoint.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "broker", ":9092", "broker:", "broker:x", "broker:65536", "b:-1"})
    void whatIsNoEndpointIsRefusedWithItsText(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s).*(not host:port|no port number|is not within|needs).*");
    }
}
