package io.tombolo.cli.handover;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.FailoverPolicy.Moves;
import io.tombolo.region.topology.LinkEntry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which clients of a link's topics have followed them to another region. A client is a client id on
 * a host. One that comes from another address is known again by its id, as networks may show one
 * client to two regions under two addresses.
 */
final class ClientMoves {

    /** How long clients are waited for after a move, before those that have not come are named. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** So many are told by name, and so many of them in words. */
    static final int PENDING_MAX = 1_000;

    static final int TOLD_MAX = 20;
    private static final int KEPT_MAX = 5;

    private final Side left;
    private final Side entered;
    private Optional<List<Tree>> before = Optional.empty();

    private record Client(String id, String host) {

        static Client of(Tree told) {
            return new Client(told.at("clientId").text(), told.at("host").text());
        }
    }

    private ClientMoves(Side left, Side entered) {
        this.left = left;
        this.entered = entered;
    }

    /**
     * Of a link that moves clients; empty when it moves none.
     *
     * @param link from the region that they leave to the one that they are to go to
     */
    static Optional<ClientMoves> of(Shell shell, LoadedFile file, LinkEntry link) {
        boolean moves =
                file.topology().policiesOf(link.name()).stream()
                        .anyMatch(policy -> policy.moves() == Moves.CLIENTS);
        boolean ours =
                Stream.of(link.from(), link.to())
                        .allMatch(region -> file.topology().hosted(region).isPresent());
        return moves && ours
                ? Optional.of(
                        new ClientMoves(
                                Side.of(shell, file, link.from().name(), link),
                                Side.of(shell, file, link.to().name(), link)))
                : Optional.empty();
    }

    /** Takes down who is there, before they leave. */
    void look() {
        before = left.clients();
    }

    /** An outcome with what it came to for the clients, which the history keeps too. */
    Tree.Fields count(Tree.Fields outcome, String cause) {
        Tree moves = await(outcome.at("ownershipEpoch").number(0));
        entered.keep("clients", cause, kept(moves));
        return outcome.with("clients", moves);
    }

    /** Waits a moment for those that were there to come. */
    private Tree await(long epoch) {
        Waiting.Seen<List<Tree>> there =
                Waiting.until(
                        PATIENCE,
                        () -> served(epoch),
                        found ->
                                before.filter(known -> pending(known, found).isEmpty())
                                        .isPresent());
        boolean ask = before.isPresent() && !there.reached();
        return told(before, ask ? left.clients().orElse(List.of()) : List.of(), there.last());
    }

    /** How far it is, long after. */
    Tree now(long epoch) {
        look();
        return told(before, before.orElse(List.of()), served(epoch));
    }

    private List<Tree> served(long epoch) {
        return entered.clients().orElse(List.of()).stream()
                .filter(one -> one.at("ownershipEpoch").number(0) >= epoch)
                .toList();
    }

    /**
     * @param before the clients of the region that they leave; empty when it did not tell
     * @param still those that are connected to it by now
     * @param there those that the other region serves
     */
    static Tree told(Optional<List<Tree>> before, List<Tree> still, List<Tree> there) {
        Set<Client> known = distinct(before.orElse(List.of()));
        List<Client> pending = pending(before.orElse(List.of()), there);
        long connections = there.stream().mapToLong(one -> one.at("connections").number(0)).sum();
        return Tree.fields()
                .with("told", before.isPresent())
                .with("known", known.size())
                .with("moved", known.size() - pending.size())
                .with("pendingCount", pending.size())
                .with("served", distinct(there).size())
                .with("connections", connections)
                .with(
                        "pending",
                        pending.stream()
                                .limit(PENDING_MAX)
                                .map(one -> named(one, before.orElse(List.of()), still))
                                .toList());
    }

    private static List<Client> pending(List<Tree> before, List<Tree> there) {
        Set<Client> known = distinct(before);
        Set<Client> served = distinct(there);
        var fromElsewhere = new ArrayList<String>();
        served.stream()
                .filter(one -> !known.contains(one))
                .forEach(one -> fromElsewhere.add(one.id()));
        return known.stream()
                .filter(one -> !served.contains(one) && !fromElsewhere.remove(one.id()))
                .toList();
    }

    private static Set<Client> distinct(List<Tree> told) {
        return told.stream().map(Client::of).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Tree named(Client client, List<Tree> before, List<Tree> still) {
        String group =
                before.stream()
                        .filter(one -> Client.of(one).equals(client))
                        .map(one -> one.at("group").text())
                        .filter(one -> !one.isEmpty())
                        .findFirst()
                        .orElse("");
        List<String> brokers =
                still.stream()
                        .filter(one -> Client.of(one).equals(client))
                        .map(one -> one.at("broker").text())
                        .distinct()
                        .toList();
        return Tree.fields()
                .with("clientId", client.id())
                .with("host", client.host())
                .with("group", group)
                .with("brokers", brokers);
    }

    // --- in words

    /** For people; several lines. */
    static String text(Tree moves, String from, String to) {
        String served =
                "%s serves %s by %s"
                        .formatted(
                                to,
                                Amounts.of(moves.at("served").number(0), "client"),
                                Amounts.of(moves.at("connections").number(0), "connection"));
        if (!moves.at("told").flag()) {
            return "Clients: %s; %s does not answer, so who is missing is not known.\n"
                    .formatted(served, from);
        }
        long pending = moves.at("pendingCount").number(0);
        var text =
                new StringBuilder(
                        "Clients: %s of %s moved; %s.%s\n"
                                .formatted(
                                        moves.at("moved").text(),
                                        moves.at("known").text(),
                                        served,
                                        pending == 0 ? "" : " Not there yet:"));
        List<Tree> named = moves.at("pending").items();
        named.stream().limit(TOLD_MAX).forEach(one -> text.append(line(one, from)));
        if (pending > TOLD_MAX) {
            text.append("  %s more; -o json names them\n".formatted(pending - TOLD_MAX));
        }
        return text.toString();
    }

    private static String line(Tree client, String from) {
        List<String> brokers = client.at("brokers").items().stream().map(Tree::text).toList();
        String group = client.at("group").text();
        return "  %s at %s%s, %s\n"
                .formatted(
                        client.at("clientId").text(),
                        client.at("host").text(),
                        group.isEmpty() ? "" : ", group " + group,
                        brokers.isEmpty()
                                ? "not connected to %s any more".formatted(from)
                                : "connected to " + String.join(", ", brokers));
    }

    /** For the history; one line. */
    static String kept(Tree moves) {
        String result =
                moves.at("told").flag()
                        ? "%s of %s clients moved"
                                .formatted(moves.at("moved").text(), moves.at("known").text())
                        : "%s came, nobody knows of how many"
                                .formatted(Amounts.of(moves.at("served").number(0), "client"));
        long more = moves.at("pendingCount").number(0) - KEPT_MAX;
        String named =
                moves.at("pending").items().stream()
                        .limit(KEPT_MAX)
                        .map(one -> one.at("clientId").text() + " at " + one.at("host").text())
                        .collect(Collectors.joining(", "));
        return result
                + (named.isEmpty() ? "" : "; not " + named)
                + (more > 0 ? " and %d more".formatted(more) : "");
    }
}
