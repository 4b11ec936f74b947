package io.tombolo.cli.admin;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.LinkName;
import io.tombolo.region.diagnosis.NearestName;
import io.tombolo.region.topology.LinkEntry;

import java.util.List;

/** A link, and the region that it copies into. */
record LinkTarget(LinkName link, RegionAdmin admin) {

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
        return new LinkTarget(
                link.name(), RegionAdmin.of(shell, file, file.hosted(link.to().name())));
    }

    /**
     * The same, or else one that is gone from the file and that its region still knows, as it does
     * while topics here are copies of its making.
     */
    static LinkTarget ofFileOrRegions(Shell shell, String name) {
        LoadedFile file = LoadedFile.of(shell);
        boolean inFile =
                file.topology().links().keySet().stream().anyMatch(one -> one.name().equals(name));
        return inFile
                ? of(shell, name)
                : file.topology().hostedRegions().stream()
                        .map(region -> RegionAdmin.of(shell, file, region))
                        .filter(region -> copiesInto(region, name))
                        .findFirst()
                        .map(region -> new LinkTarget(new LinkName(name), region))
                        .orElseGet(() -> of(shell, name));
    }

    private static boolean copiesInto(RegionAdmin region, String link) {
        try {
            return region.api().get("/api/v1/objects").body().at("links").items().stream()
                    .filter(one -> one.at("name").text().equals(link))
                    .anyMatch(one -> one.at("to").text().equals(region.id().name()));
        } catch (AdminUnreachable _) {
            return false;
        }
    }

    /** The path of the link below the admin API. */
    String path() {
        return "/api/v1/links/" + AdminApi.encoded(link.name());
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
