package io.tombolo.cli.handover;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Planned failovers in words. */
final class HandoverText {

    private HandoverText() {}

    static String outcome(Tree outcome) {
        long pauseMs = outcome.at("writePauseMs").number(-1);
        String done =
                "Done. %sRecords lost %s. %s owns the topics of %s under epoch %s; %s follows it.\nGo back with  tombolo failover %s --planned --to %s\n"
                        .formatted(
                                pauseMs < 0
                                        ? ""
                                        : "Write pause %s. ".formatted(Amounts.ms(pauseMs)),
                                outcome.at("recordsLost").text(),
                                outcome.at("to").text(),
                                outcome.at("link").text(),
                                outcome.at("ownershipEpoch").text(),
                                outcome.at("from").text(),
                                outcome.at("link").text(),
                                outcome.at("from").text());
        return clients(outcome, outcome.at("from").text(), outcome.at("to").text()) + done;
    }

    /** Who has moved; nothing where no clients move. */
    static String clients(Tree outcome, String from, String to) {
        Tree moves = outcome.at("clients");
        return moves.present() ? ClientMoves.text(moves, from, to) : "";
    }

    static String cutOver(Tree outcome) {
        return """
        Done. Write pause %s. Records lost %s. %s owns the topics of %s under epoch %s; \
        %s keeps the rules that deny everybody to write to them.
        """
                .formatted(
                        Amounts.ms(outcome.at("writePauseMs").number(-1)),
                        outcome.at("recordsLost").text(),
                        outcome.at("to").text(),
                        outcome.at("link").text(),
                        outcome.at("ownershipEpoch").text(),
                        outcome.at("from").text());
    }

    static String rehearsal(Tree rehearsal) {
        String home = rehearsal.at("home").text();
        String other = rehearsal.at("to").text();
        return clients(rehearsal.at("there"), home, other)
                + clients(rehearsal.at("back"), other, home)
                + "Rehearsed: %s and back. Write pause %s there, %s back; %s records lost.\n"
                        .formatted(
                                rehearsal.at("to").text(),
                                Amounts.ms(rehearsal.at("there", "writePauseMs").number(-1)),
                                Amounts.ms(rehearsal.at("back", "writePauseMs").number(-1)),
                                rehearsal.at("recordsLost").text());
    }

    static String history(List<Tree> entries) {
        Table table =
                Table.of("TIME", "LINK", "WHAT", "OWNER", "EPOCH", "RESULT", "CAUSE", "KEPT BY");
        for (Tree one : entries) {
            table.row(
                    Instant.ofEpochMilli(one.at("atMs").number(0))
                            .truncatedTo(ChronoUnit.SECONDS)
                            .toString(),
                    one.at("link").text(),
                    one.at("act").text(),
                    one.at("owner").text(),
                    "%s → %s".formatted(one.at("fromEpoch").text(), one.at("toEpoch").text()),
                    one.at("result").text(),
                    one.at("cause").text(),
                    one.at("region").text());
        }
        return table.textOr("no region knows of a failover");
    }
}
