package io.tombolo.broker.admin;

import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.LifePhase;
import io.tombolo.broker.NodeSettings;
import io.tombolo.environment.EventLoops;
import io.tombolo.network.HttpAnswer;
import io.tombolo.network.HttpAsk;

import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One thing that must hold for a probe to succeed; and how probes are answered, the same for
 * brokers and controllers.
 *
 * @param reason why it does not hold; empty when it does
 */
public record ProbeCheck(String name, String reason) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long TURN_MS_MAX = 5_000;

    /** Whether it holds. */
    public boolean ok() {
        return reason.isEmpty();
    }

    /** Whether each loop takes its turn; waits for that. */
    public static List<ProbeCheck> turns(EventLoops loops) throws InterruptedException {
        var turns = new ArrayList<CompletableFuture<Boolean>>();
        for (int index = 0; index < loops.count(); index++) {
            var turn = new CompletableFuture<Boolean>();
            loops.loop(index).execute(() -> turn.complete(true));
            turns.add(turn);
        }
        var checks = new ArrayList<ProbeCheck>();
        for (int index = 0; index < turns.size(); index++) {
            checks.add(new ProbeCheck("loop-" + index, silence(index, turns.get(index))));
        }
        return checks;
    }

    private static String silence(int index, CompletableFuture<Boolean> turn)
            throws InterruptedException {
        try {
            turn.get(TURN_MS_MAX, TimeUnit.MILLISECONDS);
            return "";
        } catch (ExecutionException | TimeoutException stuck) {
            return "loop %d has not come round for %d ms".formatted(index, TURN_MS_MAX);
        }
    }

    /** 200 or 503, as text with one line per failing check, or with all checks as JSON. */
    public static HttpAnswer answer(
            HttpAsk ask, NodeSettings node, LifePhase phase, List<ProbeCheck> checks) {
        boolean ok = checks.stream().allMatch(ProbeCheck::ok);
        int status = ok ? 200 : 503;
        if (!wantsJson(ask)) {
            return HttpAnswer.text(status, ok ? "ok\n" : failing(checks));
        }
        var view = new LinkedHashMap<String, Object>();
        view.put("probe", ask.path().substring(1));
        view.put("ok", ok);
        view.put("phase", phase.word());
        view.put("region", node.region().id().name());
        view.put(node instanceof BrokerSettings ? "brokerId" : "nodeId", node.nodeId());
        view.put("clusterId", node.clusterId().toString());
        view.put("checks", checks.stream().map(ProbeCheck::view).toList());
        return HttpAnswer.json(status, JSON.writeValueAsString(view));
    }

    private static boolean wantsJson(HttpAsk ask) {
        return ask.parameter("format").filter("json"::equals).isPresent()
                || ask.headers().getOrDefault("accept", "").contains("application/json");
    }

    private static String failing(List<ProbeCheck> checks) {
        var text = new StringBuilder();
        for (ProbeCheck check : checks) {
            if (!check.ok()) {
                text.append(check.name()).append(": ").append(check.reason()).append('\n');
            }
        }
        return text.toString();
    }

    private static Map<String, Object> view(ProbeCheck check) {
        var view = new LinkedHashMap<String, Object>();
        view.put("check", check.name());
        view.put("ok", check.ok());
        view.put("reason", check.reason());
        return view;
    }
}
