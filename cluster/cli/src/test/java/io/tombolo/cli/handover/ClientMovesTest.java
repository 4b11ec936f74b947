package io.tombolo.cli.handover;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.output.Tree;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Who has moved, from what two regions tell. */
class ClientMovesTest {

    private static final Tree SHOP = client("shop", "10.0.0.1", "", "eu-1");
    private static final Tree BILLING = client("billing", "10.0.0.2", "bills", "eu-1");
    private static final Tree BILLING_TOO = client("billing", "10.0.0.2", "", "eu-2");

    @Test
    void whoIsServedThereHasMovedAndTheOthersAreNamed() {
        Tree moves =
                ClientMoves.told(
                        Optional.of(List.of(SHOP, BILLING, BILLING_TOO)),
                        List.of(SHOP, BILLING_TOO),
                        List.of(client("shop", "10.0.0.1", "", "us-1")));

        assertThat(ClientMoves.text(moves, "eu", "us"))
                .isEqualTo(
                        """
                        Clients: 1 of 2 moved; us serves 1 client by 1 connection. Not there yet:
                          billing at 10.0.0.2, group bills, connected to eu-2
                        """);
        assertThat(ClientMoves.kept(moves))
                .isEqualTo("1 of 2 clients moved; not billing at 10.0.0.2");
    }

    @Test
    void whoComesFromAnotherAddressIsKnownByItsId() {
        Tree moves =
                ClientMoves.told(
                        Optional.of(List.of(SHOP, client("shop", "10.0.0.9", "", "eu-1"))),
                        List.of(),
                        List.of(client("shop", "192.168.0.1", "", "us-1")));

        assertThat(moves.at("moved").number(-1)).isEqualTo(1);
        assertThat(ClientMoves.text(moves, "eu", "us"))
                .contains("shop at 10.0.0.9, not connected to eu any more");
    }

    @Test
    void ofARegionThatDoesNotAnswerNobodyKnowsWhoIsMissing() {
        Tree moves = ClientMoves.told(Optional.empty(), List.of(), List.of(SHOP));

        assertThat(ClientMoves.text(moves, "eu", "us"))
                .isEqualTo(
                        """
                        Clients: us serves 1 client by 1 connection; eu does not answer, so who is missing is not known.
                        """);
        assertThat(ClientMoves.kept(moves)).isEqualTo("1 client came, nobody knows of how many");
    }

    @Test
    void noMoreAreNamedThanPeopleRead() {
        List<Tree> many =
                IntStream.range(0, ClientMoves.PENDING_MAX + 1)
                        .mapToObj(number -> client("c" + number, "10.0.0.1", "", "eu-1"))
                        .toList();

        Tree moves = ClientMoves.told(Optional.of(many), many, List.of());

        assertThat(moves.at("pending").items()).hasSize(ClientMoves.PENDING_MAX);
        assertThat(moves.at("pendingCount").number(0)).isEqualTo(many.size());
        assertThat(ClientMoves.text(moves, "eu", "us").lines())
                .hasSize(1 + ClientMoves.TOLD_MAX + 1)
                .last()
                .isEqualTo("  981 more; -o json names them");
        assertThat(ClientMoves.kept(moves)).endsWith("c4 at 10.0.0.1 and 996 more");
    }

    private static Tree client(String id, String host, String group, String broker) {
        return Tree.fields()
                .with("clientId", id)
                .with("host", host)
                .with("group", group)
                .with("connections", 1)
                .with("broker", broker);
    }
}
