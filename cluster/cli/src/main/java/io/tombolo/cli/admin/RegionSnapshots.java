package io.tombolo.cli.admin;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Region;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Asks several regions for their status at the same time. */
final class RegionSnapshots {

    private RegionSnapshots() {}

    /**
     * What one region said.
     *
     * @param status nothing when it did not answer
     * @param trouble why not; empty when it did
     */
    record Snapshot(Region.Hosted region, Tree status, String trouble) {

        boolean answered() {
            return status.present();
        }
    }

    /** One snapshot per region, in the order given. */
    static List<Snapshot> of(Shell shell, LoadedFile file, List<Region.Hosted> regions) {
        var asked = new ArrayList<FutureTask<Snapshot>>();
        for (Region.Hosted region : regions) {
            var task = new FutureTask<>(() -> ask(RegionAdmin.of(shell, file, region), region));
            Thread.ofVirtual().start(task);
            asked.add(task);
        }
        return asked.stream().map(RegionSnapshots::finished).toList();
    }

    private static Snapshot ask(RegionAdmin admin, Region.Hosted region) {
        try {
            AdminAnswer answer = admin.api().get("/api/v1/status");
            return answer.ok()
                    ? new Snapshot(region, answer.body(), "")
                    : new Snapshot(region, Tree.NOTHING, "HTTP " + answer.status());
        } catch (AdminUnreachable gone) {
            return new Snapshot(region, Tree.NOTHING, String.valueOf(gone.getMessage()));
        }
    }

    private static Snapshot finished(FutureTask<Snapshot> task) {
        try {
            return task.get();
        } catch (ExecutionException | InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
