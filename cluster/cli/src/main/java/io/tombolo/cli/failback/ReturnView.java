package io.tombolo.cli.failback;

import io.tombolo.cli.admin.AdminAnswer;
import io.tombolo.cli.admin.RegionAdmin;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the two regions of a link say of its way back. */
final class ReturnView {

    private ReturnView() {}

    static String path(LinkEntry link) {
        return "/api/v1/failback/" + link.name().name();
    }

    /** What each of them says; who does not answer is warned of. */
    static List<Tree> all(Shell shell, LoadedFile file, LinkEntry link) {
        var views = new ArrayList<Tree>();
        for (RegionId id : List.of(link.from(), link.to())) {
            hosted(file, id)
                    .map(region -> RegionAdmin.of(shell, file, region))
                    .flatMap(admin -> ask(shell, admin, link))
                    .ifPresent(views::add);
        }
        return views;
    }

    private static Optional<Tree> ask(Shell shell, RegionAdmin admin, LinkEntry link) {
        try {
            AdminAnswer answer = admin.get(path(link));
            return answer.ok() ? Optional.of(answer.body()) : Optional.empty();
        } catch (CommandFailure silent) {
            shell.warn("region %s does not answer".formatted(admin.id()));
            return Optional.empty();
        }
    }

    private static Optional<Region.Hosted> hosted(LoadedFile file, RegionId id) {
        return file.topology().hostedRegions().stream()
                .filter(region -> region.id().equals(id))
                .findFirst();
    }
}
