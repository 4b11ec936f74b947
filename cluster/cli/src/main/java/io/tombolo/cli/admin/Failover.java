package io.tombolo.cli.admin;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.LinkName;
import io.tombolo.region.diagnosis.NearestName;
import io.tombolo.region.diagnosis.Violation;
import io.tombolo.region.diagnosis.Where;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** One failover policy and the region that takes over; used by the command and by the demo. */
public final class Failover {

    /**
     * What a region says where it, or another one, has taken over already, or has not the topics
     * but something made of them: nobody forces that.
     */
    private static final Set<String> NEVER_FORCED = Set.of("TMB-4010", "TMB-4015", "TMB-4016");

    private final LoadedFile file;
    private final String policy;
    private final LinkEntry link;
    private final RegionAdmin target;

    private Failover(LoadedFile file, String policy, LinkEntry link, RegionAdmin target) {
        this.file = file;
        this.policy = policy;
        this.link = link;
        this.target = target;
    }

    /**
     * Finds a policy; every link has one of its own name.
     *
     * @throws CommandFailure when there is none of that name
     */
    public static Failover of(Shell shell, LoadedFile file, String policy) {
        return of(shell, file, policy, Optional.empty());
    }

    /**
     * Finds a policy.
     *
     * @param to the region that is to take over; the end of the link when empty
     * @throws CommandFailure when there is no policy of that name, or the link has no such end
     */
    public static Failover of(Shell shell, LoadedFile file, String policy, Optional<String> to) {
        LinkEntry written = linkOf(file, policy);
        String wanted = to.orElse(written.to().name());
        boolean back = wanted.equals(written.from().name());
        if (!back && !wanted.equals(written.to().name())) {
            throw CommandFailure.of(Code.UNKNOWN_REGION, "the link does not join region " + wanted)
                    .at(file.where("links." + written.name()))
                    .seen("it joins %s and %s".formatted(written.from(), written.to()))
                    .fix("--to %s, or --to %s".formatted(written.to(), written.from()))
                    .failure();
        }
        LinkEntry link = back ? written.reversed() : written;
        var target = RegionAdmin.of(shell, file, file.hosted(link.to().name()));
        return new Failover(file, policy, link, target);
    }

    /**
     * The link that a policy follows.
     *
     * @throws CommandFailure when there is no policy of that name
     */
    public static LinkEntry linkOf(LoadedFile file, String policy) {
        Optional<LinkName> followed =
                file.topology().failover().values().stream()
                        .filter(entry -> entry.name().name().equals(policy))
                        .map(entry -> entry.follows())
                        .findFirst();
        String name = followed.map(LinkName::name).orElse(policy);
        return file.topology().links().values().stream()
                .filter(entry -> entry.name().name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(file, policy));
    }

    public String policy() {
        return policy;
    }

    public LinkEntry link() {
        return link;
    }

    /** The region that the link reads, and that owned the topics until now. */
    public Region source() {
        return Objects.requireNonNull(file.topology().regions().get(link.from()));
    }

    /** What the region that would take over says about doing so now. */
    public Tree preview() {
        return target.require(path());
    }

    /**
     * Lets the region take over.
     *
     * @param override why it may do so although it refuses; empty to respect a refusal
     * @throws CommandFailure when it refuses, or fails half-way
     */
    public Tree execute(Optional<String> override) {
        String query =
                override.map(reason -> "?force=true&reason=" + AdminApi.encoded(reason)).orElse("");
        AdminAnswer answer = target.post(path() + query);
        if (answer.status() == 409) {
            throw refused(answer.body());
        }
        if (!answer.ok()) {
            throw CommandFailure.of(Code.FAILOVER_FAILED, "the failover was not finished")
                    .at(where())
                    .seen(
                            "HTTP %d: %s"
                                    .formatted(answer.status(), answer.body().at("error").text()))
                    .why("region %s may own the topics already".formatted(link.to()))
                    .fix(
                            "tombolo status",
                            "tombolo failover "
                                    + policy
                                    + "        again: its steps can be repeated")
                    .failure();
        }
        return answer.body();
    }

    /** The failure for a region that refuses to take over. */
    public CommandFailure refused(Tree refusal) {
        var violations = new ArrayList<Violation>();
        for (Tree reason : refusal.at("reasons").items()) {
            violations.add(violation(reason));
        }
        if (violations.isEmpty()) {
            String error = refusal.at("error").text();
            violations.add(
                    CommandFailure.of(
                                    Code.FAILOVER_REFUSED,
                                    error.isEmpty()
                                            ? "region " + link.to() + " is not ready"
                                            : error)
                            .at(where())
                            .fix("tombolo link describe " + link.name())
                            .violation());
        }
        return new CommandFailure(violations, ExitCode.REFUSED);
    }

    private Violation violation(Tree reason) {
        String code = reason.at("code").text();
        String fix = reason.at("fix").text();
        var fixes = new ArrayList<String>();
        if (!fix.isEmpty()) {
            fixes.add(fix);
        }
        if (!NEVER_FORCED.contains(code)) {
            fixes.add(
                    "tombolo failover %s --force-accept-split-brain --reason \"…\""
                                    .formatted(policy)
                            + "        (the reason is kept)");
        }
        return new Violation(
                code.matches("TMB-\\d{4}") ? code : Code.FAILOVER_REFUSED.text(),
                where(),
                reason.at("claim").text(),
                reason.at("seen").text(),
                reason.at("why").text(),
                fixes);
    }

    private Where where() {
        String path = "failover." + policy;
        return file.valid().where(path).isPresent()
                ? file.where(path)
                : file.where("links." + link.name());
    }

    private String path() {
        return "/api/v1/failover/" + AdminApi.encoded(policy);
    }

    private static CommandFailure unknown(LoadedFile file, String policy) {
        var known = new ArrayList<String>();
        file.topology().failover().keySet().forEach(name -> known.add(name.name()));
        file.topology().links().keySet().forEach(name -> known.add(name.name()));
        String seen =
                known.isEmpty()
                        ? "it has neither policies nor links"
                        : "there are " + String.join(", ", List.copyOf(known));
        return CommandFailure.of(
                        Code.UNKNOWN_POLICY, "the file has no failover policy '" + policy + "'")
                .at(file.where("failover"))
                .seen(seen)
                .why("each link has a policy of its own name as well")
                .fix(
                        NearestName.to(policy, known)
                                .map(near -> "tombolo failover " + near)
                                .orElse("tombolo status        lists them"))
                .failure();
    }
}
