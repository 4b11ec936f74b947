package io.tombolo.broker.admin;

import io.tombolo.broker.Broker;
import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.LifePhase;
import io.tombolo.environment.EventLoops;
import io.tombolo.network.HttpAnswer;
import io.tombolo.network.HttpAsk;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

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

    HttpAnswer started(HttpAsk ask) {
        LifePhase phase = broker.phase();
        return answer(
                ask, List.of(new ProbeCheck("logs", phase.recovered() ? "" : phase.reason())));
    }

    HttpAnswer live(HttpAsk ask) throws InterruptedException {
        return answer(ask, ProbeCheck.turns(loops));
    }

    HttpAnswer ready(HttpAsk ask) {
        return answer(ask, readiness());
    }

    /** Whether clients can be sent here. */
    boolean isReady() {
        return readiness().stream().allMatch(ProbeCheck::ok);
    }

    private List<ProbeCheck> readiness() {
        LifePhase phase = broker.phase();
        var checks = new ArrayList<ProbeCheck>();
        Optional<BrokerCore> core = broker.core();
        boolean admitted = core.isPresent() && admitted(core.get());
        checks.add(new ProbeCheck("serving", phase.reason()));
        if (phase.recovered() && core.isPresent()) {
            checks.add(new ProbeCheck("controller", controller(core.get(), admitted)));
            checks.add(
                    new ProbeCheck(
                            "unfenced", admitted ? "" : "the controller has not admitted it"));
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

    private HttpAnswer answer(HttpAsk ask, List<ProbeCheck> checks) {
        return ProbeCheck.answer(ask, settings, broker.phase(), checks);
    }
}
