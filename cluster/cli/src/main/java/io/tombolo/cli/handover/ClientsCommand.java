package io.tombolo.cli.handover;

import io.tombolo.cli.admin.Failover;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.LinkEntry;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** Which clients are where their topics are. */
@Command(
        name = "clients",
        description = {
            "Counts the clients that the owner of a policy's topics serves, and names those that",
            "are connected to the other region and have not come yet.",
            "For policies with moves: clients."
        },
        footer = {
            "",
            "Example:",
            "  tombolo failover clients shop-primary",
            "  tombolo failover clients shop-primary -o json"
        })
final class ClientsCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "POLICY", description = "A failover policy, or the name of a link.")
    private String policy = "";

    ClientsCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        LinkEntry written = Failover.linkOf(file, policy);
        if (ClientMoves.of(shell, file, written).isEmpty()) {
            throw CommandFailure.of(Code.USAGE, "no policy moves the clients of " + written.name())
                    .at(file.where("links." + written.name()))
                    .fix(
                            "failover: { %1$s: { follows: %1$s, moves: clients } }"
                                    .formatted(written.name()))
                    .failure();
        }
        Tree view = ownership(file, written);
        boolean home = !view.at("owner").text().equals(written.to().name());
        LinkEntry way = home ? written.reversed() : written;
        Tree moves =
                ClientMoves.of(shell, file, way)
                        .orElseThrow()
                        .now(view.at("ownershipEpoch").number(0));
        shell.print(moves, () -> ClientMoves.text(moves, way.from().name(), way.to().name()));
        return ExitCode.OK.number();
    }

    /** The newer of what the two regions know; one of them may be gone. */
    private Tree ownership(LoadedFile file, LinkEntry link) {
        Tree end = Side.of(shell, file, link.to().name(), link).viewIfThere();
        Tree begin = Side.of(shell, file, link.from().name(), link).viewIfThere();
        if (!end.present() && !begin.present()) {
            return Side.of(shell, file, link.to().name(), link).view(); // says why
        }
        return begin.at("ownershipEpoch").number(-1) > end.at("ownershipEpoch").number(-1)
                ? begin
                : end;
    }
}
