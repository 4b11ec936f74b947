package io.tombolo.cli.admin;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.diagnosis.NearestName;
import io.tombolo.region.topology.LinkEntry;

import java.util.List;

/** A link of the file, and the region that runs it. */
record LinkTarget(LinkEntry link, RegionAdmin admin) {

    /**
     * Finds a link by its name.
     *
     * @throws CommandFailure when the file has no such link
     */
    static LinkTarget of(Shell shell, String name) {
        LoadedFile file = LoadedFile.of(shell);
        LinkEntry link =
                file.topology().links().values().stream()
                        .filter(entry -> entry.name().name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> unknown(file, name));
        return new LinkTarget(link, RegionAdmin.of(shell, file, file.hosted(link.to().name())));
    }

    /** The path of the link below the admin API. */
    String path() {
        return "/api/v1/links/" + AdminApi.encoded(link.name().name());
    }

    /** Asks for a change of the link and gives its state after that. */
    Tree change(String verb) {
        AdminAnswer answer = admin.post(path() + "/" + verb);
        if (!answer.ok()) {
            throw admin.unexpected(answer);
        }
        return answer.body();
    }

    private static CommandFailure unknown(LoadedFile file, String name) {
        List<String> known =
                file.topology().links().keySet().stream().map(link -> link.name()).toList();
        return CommandFailure.of(Code.UNKNOWN_LINK, "the file has no link '" + name + "'")
                .at(file.where("links"))
                .seen(
                        known.isEmpty()
                                ? "it has no links"
                                : "its links are " + String.join(", ", known))
                .fix(
                        NearestName.to(name, known)
                                .map(near -> "did you mean " + near)
                                .orElse("tombolo link list"))
                .failure();
    }
}
