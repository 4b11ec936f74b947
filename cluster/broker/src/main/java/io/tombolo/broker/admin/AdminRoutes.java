package io.tombolo.broker.admin;

import io.tombolo.broker.Broker;
import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.LifePhase;
import io.tombolo.broker.board.RegionBoard;
import io.tombolo.broker.link.FailoverReport;
import io.tombolo.environment.Clock;
import io.tombolo.environment.SystemClock;
import io.tombolo.environment.SystemEntropy;
import io.tombolo.metadata.image.TopicsImage;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.network.HttpAnswer;
import io.tombolo.network.HttpAsk;
import io.tombolo.network.HttpHandler;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.region.LinkName;
import io.tombolo.region.PolicyName;

import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** The routes of the admin interface. Blocking; each request has a virtual thread of its own. */
public final class AdminRoutes implements HttpHandler {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Broker broker;
    private final LoopInquiry<BrokerCore> core;
    private final HttpRegistry registry;
    private final PeerBrokers peers;
    private final RegionBoard board;
    private final Probes probes;
    private final Clock clock = new SystemClock();
    private final ReportEditions editions = new ReportEditions(new SystemEntropy());

    /**
     * What others tell.
     *
     * @param registry the other regions of themselves, to this broker
     * @param peers the other brokers of this region
     * @param board what is shared among these
     */
    public record Told(HttpRegistry registry, PeerBrokers peers, RegionBoard board) {}

    public AdminRoutes(Broker broker, Told told, Probes probes) {
        this.broker = broker;
        this.core = new LoopInquiry<>(broker.loop(), broker::core);
        this.registry = told.registry();
        this.peers = told.peers();
        this.board = told.board();
        this.probes = probes;
    }

    @Override
    public HttpAnswer handle(HttpAsk ask) throws Exception {
        List<String> path = List.of(ask.path().substring(1).split("/"));
        return switch (path.getFirst()) {
            case "livez" -> probes.live(ask);
            case "readyz" -> probes.ready(ask);
            case "startupz" -> probes.started(ask);
            case "api" -> apiOnceStarted(ask, path.subList(Math.min(2, path.size()), path.size()));
            default -> HttpAnswer.error(404, "there is no " + ask.path());
        };
    }

    private HttpAnswer apiOnceStarted(HttpAsk ask, List<String> path) throws Exception {
        try {
            return api(ask, path);
        } catch (LoopInquiry.NotYet starting) {
            return HttpAnswer.error(503, "the broker is starting");
        }
    }

    private HttpAnswer api(HttpAsk ask, List<String> path) throws Exception {
        boolean post = ask.method().equals("POST");
        return switch (String.join("/", path.subList(0, Math.min(1, path.size())))) {
            case "region" ->
                    registry.ownDocument()
                            .map(document -> HttpAnswer.json(200, document))
                            .orElseGet(() -> HttpAnswer.error(503, "starting"));
            case "report" -> HttpAnswer.json(200, report(ask.parameter("known").orElse("")));
            case "status" -> json(200, status());
            case "objects" -> json(200, objects());
            case "brokers" -> brokers(path);
            case "links" -> new LinkRoutes(core, peers).handle(ask, path.subList(1, path.size()));
            case "failover" -> failover(ask, path, post);
            case "failback" -> failback(ask, path, post);
            case "handover" ->
                    new HandoverRoutes(core, registry).handle(ask, path.subList(1, path.size()));
            case "ledger" -> ledger(ask, post);
            case "clients" -> clients(path);
            case "history" -> new HandoverRoutes(core, registry).history();
            case "drains" -> new DrainRoutes(core).handle(ask, path.subList(1, path.size()));
            default -> HttpAnswer.error(404, "there is no " + ask.path());
        };
    }

    /** What this broker alone knows; written here, not on the loop. */
    private String report(String known) throws Exception {
        return editions.edition(report(), known).encode();
    }

    private BrokerReport report() throws Exception {
        return onLoop((core, done) ->
                core.shards()
                        .offline(
                                broker.loop(),
                                offline ->
                                        done.complete(
                                                new BrokerReport(
                                                        core.settings().id().value(),
                                                        broker.phase() == LifePhase.SERVING,
                                                        core.links().statuses(),
                                                        ledHere(core, offline),
                                                        core.quorum().room() != Room.AMPLE,
                                                        BrokerReport.Edition.NONE))));
    }

    /** The names of those that no other broker serves because it leads. */
    private static List<String> ledHere(BrokerCore core, List<TopicIdPartition> partitions) {
        TopicsImage topics = core.images().current().topics();
        int self = core.settings().id().value();
        return partitions.stream()
                .filter(id ->
                        topics.partition(new PartitionId(id.topicId(), id.partition()))
                                .filter(it -> !it.hasLeader() || it.leader() == self)
                                .isPresent())
                .map(id -> id.topicPartition().toString())
                .toList();
    }

    /** What looks at every partition is done here, not on the loop. */
    private Object status() throws Exception {
        PeerBrokers.Answers others = peers.ask();
        PartitionHealth health = onLoop((core, done) -> done.complete(PartitionHealth.of(core)));
        PartitionHealth.Trouble trouble = health.trouble();
        boolean ready = probes.isReady();
        return onLoop((core, done) ->
                core.shards()
                        .offline(
                                broker.loop(),
                                offline ->
                                        done.complete(
                                                new StatusView(
                                                                core,
                                                                new RegionsView(
                                                                        core.settings(),
                                                                        registry.others(),
                                                                        board.view()),
                                                                broker.phase(),
                                                                ready,
                                                                trouble,
                                                                others,
                                                                ledHere(core, offline))
                                                        .whole())));
    }

    /** Large regions hold many: they are listed here, not on the loop. */
    private Object objects() throws Exception {
        ObjectsView view =
                onLoop((core, done) ->
                        done.complete(
                                new ObjectsView(
                                        core.images().current(),
                                        core.settings().topology(),
                                        clock.wallTimeMs())));
        return view.whole();
    }

    private HttpAnswer brokers(List<String> path) throws Exception {
        BrokerView view =
                onLoop((core, done) ->
                        done.complete(
                                new BrokerView(core, core.quorum(), PartitionHealth.of(core))));
        if (path.size() == 1) {
            return json(200, view.all());
        }
        return brokerId(path.get(1))
                .flatMap(view::one)
                .map(one -> json(200, one))
                .orElseGet(() -> HttpAnswer.error(404, "there is no broker " + path.get(1)));
    }

    private static Optional<Integer> brokerId(String text) {
        return text.matches("[0-9]{1,9}") ? Optional.of(Integer.parseInt(text)) : Optional.empty();
    }

    /** The clients of this broker that use what a link moves. */
    private HttpAnswer clients(List<String> path) throws Exception {
        Optional<LinkName> link =
                onLoop((core, done) ->
                        done.complete(
                                core.settings().topology().links().keySet().stream()
                                        .filter(one -> path.getLast().equals(one.name()))
                                        .findFirst()));
        return link.isPresent()
                ? json(200, broker.clientUses().of(link.get()))
                : HttpAnswer.error(404, "there is no link " + path.getLast());
    }

    /** What voters of the ownership ledger, and brokers that want leases, ask each other. */
    private HttpAnswer ledger(HttpAsk ask, boolean post) throws Exception {
        Optional<byte[]> answer =
                post
                        ? onLoop((core, done) ->
                                core.leases()
                                        .ifPresentOrElse(
                                                seat ->
                                                        seat.take(
                                                                ask.body(),
                                                                bytes ->
                                                                        done.complete(
                                                                                Optional.of(
                                                                                        bytes))),
                                                () -> done.complete(Optional.empty())))
                        : Optional.empty();
        return answer.map(bytes -> new HttpAnswer(200, HttpSitePost.BYTES, bytes))
                .orElseGet(() -> HttpAnswer.error(404, "no ledger is kept here"));
    }

    private HttpAnswer failback(HttpAsk ask, List<String> path, boolean post) throws Exception {
        HttpAnswer answer = new FailbackRoutes(core).handle(ask, path.subList(1, path.size()));
        if (post && path.size() == 2 && answer.status() == 200) {
            new HandoverRoutes(core, registry)
                    .returning(path.get(1), ask.parameter("cause").orElse("an operator"));
        }
        return answer;
    }

    private HttpAnswer failover(HttpAsk ask, List<String> path, boolean post) throws Exception {
        PeerBrokers.Answers others = peers.ask();
        if (path.size() < 2) {
            return json(
                    200,
                    onLoop((core, done) -> done.complete(FailoverView.previews(core, others))));
        }
        var policy = new PolicyName(path.get(1));
        if (!post) {
            Optional<Map<String, @Nullable Object>> preview =
                    onLoop((core, done) ->
                            done.complete(
                                    core.failover()
                                            .preview(policy, others.links())
                                            .map(FailoverView::preview)));
            return preview.map(view -> json(200, view)).orElseGet(() -> noPolicy(policy));
        }
        boolean force = ask.parameter("force").map(Boolean::parseBoolean).orElse(false);
        String cause = ask.parameter("reason").orElse("asked for by an operator");
        Optional<FailoverReport> report =
                onLoop((core, done) ->
                        core.failover()
                                .preview(policy, others.links())
                                .ifPresentOrElse(
                                        preview ->
                                                core.failover()
                                                        .start(
                                                                preview,
                                                                force,
                                                                cause,
                                                                made ->
                                                                        done.complete(
                                                                                Optional.of(made))),
                                        () -> done.complete(Optional.empty())));
        if (report.orElse(null) instanceof FailoverReport.Done done) {
            new HandoverRoutes(core, registry).promoted(policy, done, cause);
        }
        return report.map(made -> answer(policy, made)).orElseGet(() -> noPolicy(policy));
    }

    private static HttpAnswer answer(PolicyName policy, FailoverReport report) {
        return switch (report) {
            case FailoverReport.Done done -> json(200, FailoverView.done(policy, done));
            case FailoverReport.Refused(var preview) -> json(409, FailoverView.refused(preview));
            case FailoverReport.Interrupted interrupted ->
                    json(500, FailoverView.interrupted(interrupted));
        };
    }

    private static HttpAnswer noPolicy(PolicyName policy) {
        return HttpAnswer.error(404, "no failover policy " + policy + " moves topics into here");
    }

    /** Asks the broker's core on its loop and waits for the answer. */
    private <T> T onLoop(BiConsumer<BrokerCore, CompletableFuture<T>> question) throws Exception {
        return core.ask(question);
    }

    private static HttpAnswer json(int status, Object view) {
        return HttpAnswer.json(status, JSON.writeValueAsString(view));
    }
}
