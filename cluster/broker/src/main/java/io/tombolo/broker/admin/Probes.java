package io.tombolo.broker.admin;

import io.tombolo.broker.Broker;
import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.LifePhase;
import io.tombolo.environment.EventLoops;
import io.tombolo.network.HttpAnswer;
import io.tombolo.network.HttpAsk;

import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The three questions that supervisors ask a process, each with its own consequence:
 *
 * <pre>
 * /startupz  are the logs recovered?            no: be patient, do not ask the others yet
 * /livez     does every loop take its turn?     no: kill the process and start it again
 * /readyz    can clients be sent here?          no: send them elsewhere, but leave it alone
 * </pre>
 *
 * <p>A broker that waits for the quorum, or that the controller has fenced, lives and is not ready:
 * a restart would not help. 200 or 503, as text with a line for each check that fails, or as JSON
 * with all of them ({@code ?format=json}, or {@code Accept: application/json}). Blocking.
 */
public final class Probes {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long TURN_MS_MAX = 5_000;

    private final BrokerSettings settings;
    private final Broker broker;
    private final EventLoops loops;

    /**
     * @param loops all of the process
     */
    public Probes(BrokerSettings settings, Broker broker, EventLoops loops) {
        this.settings = settings;
        this.broker = broker;
        this.loops = loops;
    }

    /**
     * One thing that must hold.
     *
     * @param reason why it does not; empty when it does
     */
    private record Check(String name, String reason) {

        boolean ok() {
            return reason.isEmpty();
        }
    }

    HttpAnswer started(HttpAsk ask) {
        LifePhase phase = broker.phase();
        return answer(ask, List.of(new Check("logs", phase.recovered() ? "" : phase.reason())));
    }

    HttpAnswer live(HttpAsk ask) throws InterruptedException {
        var turns = new ArrayList<CompletableFuture<Boolean>>();
        for (int index = 0; index < loops.count(); index++) {
            var turn = new CompletableFuture<Boolean>();
            loops.loop(index).execute(() -> turn.complete(true));
            turns.add(turn);
        }
        var checks = new ArrayList<Check>();
        for (int index = 0; index < turns.size(); index++) {
            checks.add(new Check("loop-" + index, silence(index, turns.get(index))));
        }
        return answer(ask, checks);
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

    HttpAnswer ready(HttpAsk ask) {
        return answer(ask, readiness());
    }

    /** Whether clients can be sent here. */
    boolean isReady() {
        return readiness().stream().allMatch(Check::ok);
    }

    private List<Check> readiness() {
        LifePhase phase = broker.phase();
        var checks = new ArrayList<Check>();
        Optional<BrokerCore> core = broker.core();
        boolean admitted = core.isPresent() && admitted(core.get());
        checks.add(new Check("serving", phase.reason()));
        if (phase.recovered() && core.isPresent()) {
            checks.add(new Check("controller", controller(core.get(), admitted)));
            checks.add(new Check("unfenced", admitted ? "" : "the controller has not admitted it"));
        }
        return checks;
    }

    private boolean admitted(BrokerCore core) {
        return core.images().current().brokers().isActive(settings.id().value());
    }

    /** A broker that hears nothing of the controller for this long acts on old metadata. */
    private String controller(BrokerCore core, boolean admitted) {
        long sessionMs = settings.config().number("broker.session.timeout.ms");
        int controllerId = core.images().controllerId();
        long silentMs = TimeUnit.NANOSECONDS.toMillis(core.controllerSilentNanos());
        if (admitted && silentMs <= sessionMs) {
            return "";
        }
        if (controllerId < 0) {
            return "no controller is known: most of the voters of region %s must run"
                    .formatted(settings.region().id());
        }
        return admitted
                ? "controller %d has not answered for %d ms".formatted(controllerId, silentMs)
                : "";
    }

    private HttpAnswer answer(HttpAsk ask, List<Check> checks) {
        boolean ok = checks.stream().allMatch(Check::ok);
        int status = ok ? 200 : 503;
        if (!wantsJson(ask)) {
            return HttpAnswer.text(status, ok ? "ok\n" : failing(checks));
        }
        var view = new LinkedHashMap<String, Object>();
        view.put("probe", ask.path().substring(1));
        view.put("ok", ok);
        view.put("phase", broker.phase().word());
        view.put("region", settings.region().id().name());
        view.put("brokerId", settings.id().value());
        view.put("clusterId", settings.clusterId().toString());
        view.put("checks", checks.stream().map(Probes::view).toList());
        return HttpAnswer.json(status, JSON.writeValueAsString(view));
    }

    private static boolean wantsJson(HttpAsk ask) {
        return ask.parameter("format").filter("json"::equals).isPresent()
                || ask.headers().getOrDefault("accept", "").contains("application/json");
    }

    private static String failing(List<Check> checks) {
        var text = new StringBuilder();
        for (Check check : checks) {
            if (!check.ok()) {
                text.append(check.name()).append(": ").append(check.reason()).append('\n');
            }
        }
        return text.toString();
    }

    private static Map<String, Object> view(Check check) {
        var view = new LinkedHashMap<String, Object>();
        view.put("check", check.name());
        view.put("ok", check.ok());
        view.put("reason", check.reason());
        return view;
    }
}
