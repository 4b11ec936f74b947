package io.tombolo.cli.handover;

import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.region.topology.LinkEntry;

/** How a planned failover of a link ends when it does not come to its end. */
record HandoverFailures(LoadedFile file, LinkEntry link, String giver, String taker) {

    /** Nothing was begun. */
    CommandFailure refused(String seen) {
        return of(Code.HANDOVER_REFUSED, "%s cannot hand its topics to %s now")
                .seen(seen)
                .why("nothing was changed")
                .fix("tombolo link describe " + link.name(), "tombolo status")
                .failure();
    }

    /** What was begun is undone. */
    CommandFailure takenBack(String seen) {
        return of(Code.HANDOVER_TAKEN_BACK, "the planned failover was rolled back: %s takes writes")
                .seen(seen)
                .why("nothing is lost: %s had not taken over".formatted(taker))
                .fix("tombolo link describe " + link.name(), "wait longer: --give-up-after 2m")
                .failure();
    }

    /** A signal had everything undone before a step. */
    CommandFailure interrupted() {
        return takenBack("a signal ended the command");
    }

    /** There is no way back any more, and something is left to do. */
    CommandFailure unfinished(String seen, String why) {
        return of(Code.HANDOVER_UNFINISHED, "the planned failover from %s to %s is not finished")
                .seen(seen)
                .why(why)
                .fix("repeat the command: it goes on where it is", "tombolo status")
                .failure();
    }

    private CommandFailure.Draft of(Code code, String claim) {
        return CommandFailure.of(code, claim.formatted(giver, taker))
                .at(file.where("links." + link.name()));
    }
}
