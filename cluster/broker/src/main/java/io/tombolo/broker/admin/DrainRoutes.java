package io.tombolo.broker.admin;

import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.drain.DrainDesk;
import io.tombolo.broker.drain.DrainReport;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.record.BrokerRecord.Drain;
import io.tombolo.network.HttpAnswer;
import io.tombolo.network.HttpAsk;

import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The routes that empty brokers; {@link DrainView} shows what they say. Blocking. */
record DrainRoutes(LoopInquiry<BrokerCore> core) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * @param path what stands behind {@code drains}
     */
    HttpAnswer handle(HttpAsk ask, List<String> path) throws Exception {
        if (path.isEmpty()) {
            return all();
        }
        int broker;
        try {
            broker = Integer.parseInt(path.getFirst());
        } catch (NumberFormatException senseless) {
            return HttpAnswer.error(404, "there is no broker " + path.getFirst());
        }
        return ask.method().equals("POST") ? order(ask, broker) : one(broker);
    }

    private HttpAnswer all() throws Exception {
        List<Integer> ordered =
                core.ask((broker, done) -> done.complete(broker.drains().ordered()));
        var views = new ArrayList<Object>();
        for (int broker : ordered) {
            report(broker).map(DrainView::of).ifPresent(views::add);
        }
        return json(views);
    }

    private HttpAnswer order(HttpAsk ask, int broker) throws Exception {
        String wanted = ask.parameter("goal").orElse("");
        Drain.Goal goal = DrainView.goal(wanted);
        if (goal == null) {
            return HttpAnswer.error(400, "goal must be empty, leave or none, not '" + wanted + "'");
        }
        String reason = ask.parameter("reason").orElse("");
        var drain = goal == Drain.Goal.NONE ? Drain.NONE : new Drain(goal, reason);
        Answer<Applied> answer =
                core.ask((found, done) -> found.drains().order(broker, drain, done::complete));
        return answer instanceof Answer.Refused<Applied>(Refusal refusal)
                ? Refusals.answer(refusal)
                : one(broker);
    }

    private HttpAnswer one(int broker) throws Exception {
        Optional<DrainReport> report = report(broker);
        return report.isPresent()
                ? json(DrainView.of(report.get()))
                : HttpAnswer.error(404, "broker " + broker + " is not registered");
    }

    private Optional<DrainReport> report(int broker) throws Exception {
        return core.ask((BrokerCore found, CompletableFuture<Optional<DrainReport>> done) -> {
            DrainDesk desk = found.drains();
            desk.report(broker, done::complete);
        });
    }

    private static HttpAnswer json(Object view) {
        return HttpAnswer.json(200, JSON.writeValueAsString(view));
    }
}
