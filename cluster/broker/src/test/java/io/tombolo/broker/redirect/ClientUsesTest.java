package io.tombolo.broker.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.redirect.ClientUses.Client;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The clients of a broker, from their connections. */
class ClientUsesTest {

    @Test
    void theConnectionsOfAClientAreOne() {
        var told =
                ClientUses.told(
                        List.of(
                                Optional.of(new Client("shop", "10.0.0.1", "", 1, 4)),
                                Optional.empty(),
                                Optional.of(new Client("shop", "10.0.0.2", "", 1, 4)),
                                Optional.of(new Client("shop", "10.0.0.1", "bills", 1, 2))));

        assertThat(told.clients())
                .containsExactly(
                        new Client("shop", "10.0.0.1", "bills", 2, 4),
                        new Client("shop", "10.0.0.2", "", 1, 4));
        assertThat(told.more()).isZero();
    }

    @Test
    void noMoreAreToldThanTheBound() {
        var many =
                IntStream.range(0, ClientUses.CLIENTS_MAX + 3)
                        .mapToObj(id -> Optional.of(new Client("c" + id, "h", "", 1, 1)))
                        .toList();

        ClientUses.Told told = ClientUses.told(many);

        assertThat(told.clients()).hasSize(ClientUses.CLIENTS_MAX);
        assertThat(told.more()).isEqualTo(3);
    }
}
