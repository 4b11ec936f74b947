package io.tombolo.cli.handover;

import io.tombolo.cli.admin.AdminAnswer;
import io.tombolo.cli.admin.AdminApi;
import io.tombolo.cli.admin.AdminUnreachable;
import io.tombolo.cli.admin.RegionAdmin;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One region's side of a handover. */
record Side(RegionAdmin admin, Region.Hosted region, LinkEntry link) {

    private static final Duration PROBE = Duration.ofSeconds(3);

    static Side of(Shell shell, LoadedFile file, String region, LinkEntry link) {
        Region.Hosted hosted = file.hosted(region);
        return new Side(RegionAdmin.of(shell, file, hosted), hosted, link);
    }

    String name() {
        return region.id().name();
    }

    private String path() {
        return "/api/v1/handover/" + AdminApi.encoded(link.name().name());
    }

    /** What the region says of who owns the topics. */
    Tree view() {
        return admin.require(path());
    }

    /** The same; nothing when the region does not answer. */
    Tree viewIfThere() {
        try {
            return view();
        } catch (CommandFailure silent) {
            return Tree.NOTHING;
        }
    }

    /** Which copies in the other region end where they are to end. */
    Tree progress() {
        return admin.require(path() + "/progress");
    }

    /** Asks for a step. */
    AdminAnswer post(String step, String cause) {
        return admin.post(path() + "/" + step + "?cause=" + AdminApi.encoded(cause));
    }

    /** Has the region look at once what the other one says. */
    Tree learn() {
        return admin.post(path() + "/learn").body();
    }

    /** What the region says of the link that fills its topics. */
    Tree linkView() {
        AdminAnswer answer = admin.get("/api/v1/links/" + AdminApi.encoded(link.name().name()));
        return answer.ok() ? answer.body() : Tree.NOTHING;
    }

    /** The region takes over what it was given. */
    AdminAnswer promote(String cause) {
        return admin.post(failoverPath() + "?reason=" + AdminApi.encoded(cause));
    }

    /** The region takes over what nobody can give it: its owner is none of ours, and is fenced. */
    AdminAnswer takeOver(String cause) {
        return admin.post(failoverPath() + "?force=true&reason=" + AdminApi.encoded(cause));
    }

    private String failoverPath() {
        return "/api/v1/failover/" + AdminApi.encoded(link.name().name());
    }

    /** The region follows the new owner. */
    AdminAnswer follow() {
        return admin.post(returnPath());
    }

    /** How far that is. */
    Tree following() {
        return admin.require(returnPath());
    }

    private String returnPath() {
        return "/api/v1/failback/" + AdminApi.encoded(link.name().name());
    }

    /** What keeps the copy here from being complete in a moment; empty when nothing does. */
    Optional<String> notCopied(Tree copy) {
        String state = copy.at("state").text();
        if (!state.equals("ACTIVE")) {
            return Optional.of(
                    "link %s is %s in %s, and the pause would last until it has caught up"
                            .formatted(link.name(), state.isEmpty() ? "not known" : state, name()));
        }
        return copy.at("topics").items().stream()
                .filter(topic -> !topic.at("trouble").at("code").text().isEmpty())
                .map(topic ->
                        "topic %s is not copied: %s"
                                .formatted(
                                        topic.at("topic").text(),
                                        topic.at("trouble").at("code").text()))
                .findFirst();
    }

    /**
     * The clients that brokers of the region serve what the link moves, or have served; empty when
     * none of its brokers answers.
     */
    Optional<List<Tree>> clients() {
        var found = new ArrayList<Tree>();
        boolean told = false;
        for (Region.Broker broker : region.brokers()) {
            try {
                AdminAnswer answer =
                        new AdminApi(List.of(broker.admin()), PROBE)
                                .get("/api/v1/clients/" + AdminApi.encoded(link.name().name()));
                told |= answer.ok();
                for (Tree client : answer.body().at("clients").items()) {
                    if (client instanceof Tree.Fields fields) {
                        found.add(fields.with("broker", region.id() + "-" + broker.number()));
                    }
                }
            } catch (AdminUnreachable gone) {
                continue; // what it serves is not known; others may tell
            }
        }
        return told ? Optional.of(found) : Optional.empty();
    }

    void keep(String act, String cause, String result) {
        admin.post(
                "%s/history?act=%s&cause=%s&result=%s"
                        .formatted(
                                path(),
                                AdminApi.encoded(act),
                                AdminApi.encoded(cause),
                                AdminApi.encoded(result)));
    }

    /** A broker that does not serve; empty when all do. */
    Optional<String> brokerAway() {
        for (Region.Broker broker : region.brokers()) {
            try {
                AdminAnswer answer = new AdminApi(List.of(broker.admin()), PROBE).get("/readyz");
                if (!answer.ok()) {
                    return Optional.of("%s at %s is not ready".formatted(name(), broker.admin()));
                }
            } catch (AdminUnreachable gone) {
                return Optional.of(
                        "%s at %s: %s".formatted(name(), broker.admin(), gone.getMessage()));
            }
        }
        return Optional.empty();
    }
}
