package io.tombolo.cli.admin;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Region;

import java.time.Duration;

/** One region of the file and its admin endpoints; what goes wrong ends the command. */
public final class RegionAdmin {

    private final LoadedFile file;
    private final Region.Hosted region;
    private final AdminApi api;

    private RegionAdmin(LoadedFile file, Region.Hosted region, Duration timeout) {
        this.file = file;
        this.region = region;
        this.api =
                new AdminApi(region.brokers().stream().map(Region.Broker::admin).toList(), timeout);
    }

    /** The region, asked with the time-out of the command line. */
    public static RegionAdmin of(Shell shell, LoadedFile file, Region.Hosted region) {
        return new RegionAdmin(file, region, shell.timeout());
    }

    public RegionId id() {
        return region.id();
    }

    public AdminApi api() {
        return api;
    }

    /** Asks without changing anything. */
    public AdminAnswer get(String path) {
        try {
            return api.get(path);
        } catch (AdminUnreachable gone) {
            throw unreachable(gone);
        }
    }

    /** Asks for a change. */
    public AdminAnswer post(String path) {
        return post(path, Tree.NOTHING);
    }

    /** Asks for a change that needs more words than a path has. */
    public AdminAnswer post(String path, Tree body) {
        try {
            return api.post(path, body);
        } catch (AdminUnreachable gone) {
            throw unreachable(gone);
        }
    }

    /** Asks, and takes nothing but success for an answer. */
    public Tree require(String path) {
        AdminAnswer answer = get(path);
        if (!answer.ok()) {
            throw unexpected(answer);
        }
        return answer.body();
    }

    /** The failure for an answer that makes no sense here. */
    public CommandFailure unexpected(AdminAnswer answer) {
        String error = answer.body().at("error").text();
        return CommandFailure.of(Code.BAD_ANSWER, "region " + id() + " refused the request")
                .at(file.where("regions." + id()))
                .seen("HTTP " + answer.status() + (error.isEmpty() ? "" : ": " + error))
                .fix("compare the releases: tombolo version, and the ready line of the broker")
                .failure();
    }

    private CommandFailure unreachable(AdminUnreachable gone) {
        String admin = region.brokers().getFirst().admin().toString();
        if (gone.late()) {
            return CommandFailure.of(
                            Code.TIMED_OUT,
                            "region " + id() + " took the request and has not answered")
                    .at(file.where("regions." + id()))
                    .seen(String.valueOf(gone.getMessage()))
                    .why("the work may still be going on")
                    .fix("tombolo status", "wait longer: --timeout 2m")
                    .because(gone)
                    .failure();
        }
        return CommandFailure.of(Code.UNREACHABLE, "no broker of region " + id() + " answers")
                .at(file.where("regions." + id()))
                .seen(String.valueOf(gone.getMessage()))
                .fix(
                        "tombolo broker -f %s --region %s --id 1        starts it"
                                .formatted(file.name(), id()),
                        "regions.%s.admin: %s        must be its admin address"
                                .formatted(id(), admin))
                .because(gone)
                .failure();
    }
}
