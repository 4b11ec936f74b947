package io.tombolo.cli.fleet;

import io.tombolo.cli.admin.AdminAnswer;
import io.tombolo.cli.admin.AdminApi;
import io.tombolo.cli.admin.AdminUnreachable;
import io.tombolo.cli.output.Tree;
import io.tombolo.region.topology.Region;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a broker says of itself on its admin port.
 *
 * @param answer its readiness; nothing when it does not answer
 * @param trouble why it is not ready, or does not answer; empty when it is ready
 */
record Health(Tree answer, boolean ready, String trouble) {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(2);

    /** Asks the broker. */
    static Health of(Member member) {
        var api = new AdminApi(List.of(member.node().admin()), ANSWER_MAX);
        try {
            AdminAnswer answer = api.get("/readyz?format=json");
            Tree body = answer.body();
            if (!isOf(member, body)) {
                return new Health(
                        Tree.NOTHING, false, "another program answers on " + member.node().admin());
            }
            return new Health(body, answer.ok(), answer.ok() ? "" : reasons(body));
        } catch (AdminUnreachable silent) {
            return new Health(Tree.NOTHING, false, String.valueOf(silent.getMessage()));
        }
    }

    private static boolean isOf(Member member, Tree body) {
        String id = member.node() instanceof Region.Broker ? "brokerId" : "nodeId";
        return body.at(id).number(-1) == member.node().nodeId()
                && body.at("clusterId").text().equals(member.clusterId());
    }

    private static String reasons(Tree body) {
        return body.at("checks").items().stream()
                .filter(check -> !check.at("ok").flag())
                .map(check -> check.at("reason").text())
                .collect(Collectors.joining("; "));
    }

    boolean answered() {
        return answer.present();
    }

    /** {@code starting}, {@code serving} or {@code stopping}; empty without an answer. */
    String phase() {
        return answer.at("phase").text();
    }
}
