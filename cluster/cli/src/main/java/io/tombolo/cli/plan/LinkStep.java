package io.tombolo.cli.plan;

import io.tombolo.cli.admin.AdminAnswer;
import io.tombolo.cli.admin.RegionAdmin;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.plan.Change.SetLink;
import io.tombolo.region.topology.Region;

/** One change of a link, carried out by the region that it concerns. */
final class LinkStep {

    private final RegionAdmin region;
    private final SetLink change;

    LinkStep(Shell shell, LoadedFile file, SetLink change) {
        Region.Hosted hosted = file.topology().hosted(change.region()).orElseThrow();
        this.region = RegionAdmin.of(shell, file, hosted);
        this.change = change;
    }

    /**
     * Returns when it is done, in a word or two about what is there now.
     *
     * @throws io.tombolo.cli.shell.CommandFailure when the region refuses it
     */
    String carryOut() {
        String path = "/api/v1/links/" + change.link();
        AdminAnswer answer =
                change.after()
                        .map(settings ->
                                region.post(
                                        path + "/define",
                                        Tree.fields()
                                                .with("from", change.ends().from().name())
                                                .with("to", change.ends().to().name())
                                                .with("settings", ChangeTree.fields(settings))))
                        .orElseGet(() -> region.post(path + "/remove"));
        if (!answer.ok()) {
            throw region.unexpected(answer);
        }
        return change.after().isPresent() ? "in force" : "gone";
    }
}
