package io.tombolo.broker.controller;

import io.tombolo.broker.ControllerCore;
import io.tombolo.broker.NodeSettings;
import io.tombolo.broker.admin.LoopInquiry;
import io.tombolo.broker.admin.ProbeCheck;
import io.tombolo.environment.EventLoops;
import io.tombolo.network.HttpAnswer;
import io.tombolo.network.HttpAsk;
import io.tombolo.network.HttpHandler;
import io.tombolo.raft.RaftStatus;
import io.tombolo.raft.core.ReplicaKey;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The admin interface of a controller. Blocking; each request has a virtual thread of its own. */
final class ControllerRoutes implements HttpHandler {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ControllerNode controller;
    private final NodeSettings settings;
    private final EventLoops loops;
    private final LoopInquiry<ControllerCore> core;

    ControllerRoutes(ControllerNode controller, NodeSettings settings, EventLoops loops) {
        this.controller = controller;
        this.settings = settings;
        this.loops = loops;
        this.core = new LoopInquiry<>(controller.loop(), controller::core);
    }

    @Override
    public HttpAnswer handle(HttpAsk ask) throws Exception {
        return switch (ask.path()) {
            case "/livez" -> probe(ask, ProbeCheck.turns(loops));
            case "/readyz" -> probe(ask, readiness());
            case "/startupz" -> probe(ask, List.of(started()));
            case "/api/v1/status" -> answer();
            default -> HttpAnswer.error(404, "there is no " + ask.path());
        };
    }

    private HttpAnswer answer() throws Exception {
        try {
            return HttpAnswer.json(200, JSON.writeValueAsString(status()));
        } catch (LoopInquiry.NotYet starting) {
            return HttpAnswer.error(503, "the controller is starting");
        }
    }

    private HttpAnswer probe(HttpAsk ask, List<ProbeCheck> checks) {
        return ProbeCheck.answer(ask, settings, controller.phase(), checks);
    }

    private ProbeCheck started() {
        return new ProbeCheck(
                "logs", controller.phase().recovered() ? "" : controller.phase().reason());
    }

    private List<ProbeCheck> readiness() throws Exception {
        var checks = new ArrayList<ProbeCheck>();
        checks.add(started());
        switch (controller.phase()) {
            case OPENING -> {}
            case STOPPING ->
                    checks.add(new ProbeCheck("serving", "it leaves the quorum and stops"));
            case JOINING, ASKING, SERVING ->
                    checks.add(
                            new ProbeCheck(
                                    "quorum",
                                    core.ask((core, done) -> done.complete(core.trouble()))));
        }
        return checks;
    }

    private Map<String, @Nullable Object> status() throws Exception {
        RaftStatus quorum = core.ask((core, done) -> done.complete(core.quorum()));
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("region", settings.region().id().name());
        view.put("nodeId", settings.nodeId());
        view.put("clusterId", settings.clusterId().toString());
        view.put("state", controller.phase().word());
        view.put("ready", readiness().stream().allMatch(ProbeCheck::ok));
        view.put("admin", settings.self().admin().toString());
        view.put("internal", settings.self().internal().toString());
        var seen = new LinkedHashMap<String, @Nullable Object>();
        seen.put("role", quorum.role());
        seen.put("leader", quorum.leader().leaderId());
        seen.put("epoch", quorum.leader().epoch());
        seen.put("highWatermark", quorum.highWatermark());
        seen.put("voters", quorum.voterSet().keys().stream().map(ReplicaKey::nodeId).toList());
        view.put("quorum", seen);
        return view;
    }
}
