package io.tombolo.broker.admin;

import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.handover.HandoverDesk.Copies;
import io.tombolo.broker.handover.HandoverDesk.Standing;
import io.tombolo.broker.link.FailoverReport;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.HandoverCommand.Audit;
import io.tombolo.controller.command.Refusal;
import io.tombolo.environment.Clock;
import io.tombolo.environment.SystemClock;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.RegionRecord.Audited;
import io.tombolo.network.HttpAnswer;
import io.tombolo.network.HttpAsk;
import io.tombolo.region.LinkName;
import io.tombolo.region.PolicyName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Lineage.PartitionEnd;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The routes of a region that hands a link's topics over, and of the one that gets them. Blocking:
 * how far the copies are is asked of every broker of the other region.
 */
record HandoverRoutes(LoopInquiry<BrokerCore> core, HttpRegistry registry) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Clock CLOCK = new SystemClock();
    private static final int TIMEOUT_MS = 2_000;
    private static final int BYTES_MAX = 64 << 20;
    private static final int NAMED_MAX = 20;

    /** The link that is asked about, and this region. */
    private record Place(
            LinkEntry link, boolean copyOnly, Region.Hosted region, Optional<Region> other) {}

    /**
     * @param path what stands behind {@code handover}
     */
    HttpAnswer handle(HttpAsk ask, List<String> path) throws Exception {
        Optional<Place> place = place(path);
        if (place.isEmpty()) {
            return HttpAnswer.error(404, "there is no such link");
        }
        LinkEntry link = place.get().link();
        String verb = path.size() > 1 ? path.get(1) : "";
        if (!ask.method().equals("POST")) {
            return switch (verb) {
                case "copies" -> json(200, told(copiesHere(link)));
                case "progress" -> json(200, progress(place.get()));
                default -> json(200, view(place.get()));
            };
        }
        String cause = ask.parameter("cause").orElse("asked for by an operator");
        return switch (verb) {
            case "learn" -> {
                registry.refresh();
                yield json(200, view(place.get()));
            }
            case "begin" -> begin(place.get(), cause);
            case "complete" -> complete(place.get(), cause);
            case "take-back" -> takeBack(place.get(), cause);
            case "history" -> rehearsed(place.get(), ask, cause);
            default -> HttpAnswer.error(404, "a handover cannot be told to " + verb);
        };
    }

    /** What people did about the topics of all links. */
    HttpAnswer history() throws Exception {
        return json(
                200,
                core.ask((broker, done) ->
                        done.complete(
                                broker.images().current().region().handovers().history().stream()
                                        .map(HandoverRoutes::entry)
                                        .toList())));
    }

    private Optional<Place> place(List<String> path) throws Exception {
        return core.ask((broker, done) -> {
            var settings = broker.settings();
            done.complete(
                    settings.topology().links().values().stream()
                            .filter(one ->
                                    !path.isEmpty() && one.name().name().equals(path.getFirst()))
                            .findFirst()
                            .map(link -> {
                                RegionId self = settings.region().id();
                                RegionId other = link.from().equals(self) ? link.to() : link.from();
                                return new Place(
                                        link,
                                        !link.selection().whole()
                                                || settings.topology().carriesOn(link),
                                        settings.region(),
                                        Optional.ofNullable(
                                                settings.topology().regions().get(other)));
                            }));
        });
    }

    private Standing standing(LinkEntry link) throws Exception {
        return core.ask((broker, done) -> done.complete(broker.takeovers().desk().standing(link)));
    }

    private Map<String, @Nullable Object> view(Place place) throws Exception {
        Standing standing = standing(place.link());
        List<String> unfenced =
                standing.isUnderWay(place.region().id()) ? standing.unfenced() : List.of();
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("link", place.link().name().name());
        view.put("region", place.region().id().name());
        view.put("owner", standing.ownership().map(owned -> owned.owner().name()).orElse(null));
        view.put("ownershipEpoch", standing.ownership().map(Ownership::epoch).orElse(0L));
        view.put("mode", standing.ownership().map(owned -> owned.mode().name()).orElse(null));
        view.put("partitions", standing.partitions().size());
        view.put(
                "topics",
                standing.partitions().keySet().stream()
                        .map(PartitionId::topicId)
                        .distinct()
                        .count());
        view.put("fenced", standing.fences().size());
        view.put("unfenced", unfenced.stream().limit(NAMED_MAX).toList());
        return view;
    }

    // --- the region that gives

    private HttpAnswer begin(Place place, String cause) throws Exception {
        if (!(place.other().orElse(null) instanceof Region.Hosted)) {
            return HttpAnswer.error(
                    409,
                    "the other end of %s is not a region of ours".formatted(place.link().name()));
        }
        if (place.copyOnly()) {
            return HttpAnswer.error(
                    409,
                    "the copies of %s are for reading: it renames, starts late, or carries on what another link brings"
                            .formatted(place.link().name()));
        }
        Answer<Ownership> answer =
                core.ask((broker, done) ->
                        broker.takeovers().desk().begin(place.link(), cause, done::complete));
        return answer(place, answer, "planned failover", cause, "writes are held until it is done");
    }

    private HttpAnswer takeBack(Place place, String cause) throws Exception {
        Standing standing = standing(place.link());
        if (!standing.isUnderWay(place.region().id())) {
            return HttpAnswer.error(409, "no handover is under way in " + place.region().id());
        }
        Answer<Ownership> answer =
                core.ask((broker, done) ->
                        broker.takeovers().desk().takeBack(place.link(), cause, done::complete));
        return answer(place, answer, "rollback", cause, "writes go on where they were");
    }

    private HttpAnswer complete(Place place, String cause) throws Exception {
        long epoch = standing(place.link()).ownership().map(Ownership::epoch).orElse(0L);
        Copies copies = copiesThere(place);
        if (copies.ownershipEpoch() != epoch) {
            return HttpAnswer.error(409, "the other region has not heard of the handover yet");
        }
        Answer<?> answer =
                core.ask((broker, done) ->
                        broker.takeovers()
                                .desk()
                                .complete(
                                        place.link(),
                                        epoch,
                                        copies.ends(),
                                        cause,
                                        made -> done.complete(made)));
        return answer(
                place,
                answer,
                "planned failover",
                cause,
                "%d partitions handed over, nothing lost".formatted(copies.ends().size()));
    }

    /** Which copies end where they are to end. */
    private Map<String, @Nullable Object> progress(Place place) throws Exception {
        Standing standing = standing(place.link());
        Copies copies = copiesThere(place);
        boolean heard =
                standing.ownership()
                        .filter(one -> one.epoch() == copies.ownershipEpoch())
                        .isPresent();
        List<String> behind = standing.behind(heard ? copies.ends() : Collections.emptySortedMap());
        var view = new LinkedHashMap<>(view(place));
        view.put("heard", heard);
        view.put("arrived", standing.fences().size() - behind.size());
        view.put("behind", behind.stream().limit(NAMED_MAX).toList());
        return view;
    }

    private HttpAnswer answer(
            Place place, Answer<?> answer, String act, String cause, String result)
            throws Exception {
        if (answer instanceof Answer.Refused<?>(Refusal refusal)) {
            return HttpAnswer.error(409, refusal.message());
        }
        audit(place, act, cause, result);
        return json(200, view(place));
    }

    // --- the region that gets them

    private Copies copiesHere(LinkEntry link) throws Exception {
        return core.ask(
                (broker, done) -> broker.takeovers().desk().copies(link.name(), done::complete));
    }

    private static Map<String, Object> told(Copies copies) {
        return Map.of(
                "ownershipEpoch",
                copies.ownershipEpoch(),
                "ends",
                copies.ends().entrySet().stream()
                        .map(one ->
                                Map.of(
                                        "topicId",
                                        one.getKey().topicId().toString(),
                                        "partition",
                                        one.getKey().index(),
                                        "endOffset",
                                        one.getValue().endOffset(),
                                        "lastEpoch",
                                        one.getValue().lastEpoch(),
                                        "lastCrc",
                                        one.getValue().lastCrc()))
                        .toList());
    }

    /** What the brokers of the other region tell, under the highest epoch that any has heard of. */
    private static Copies copiesThere(Place place) {
        var ends = new TreeMap<PartitionId, PartitionEnd>();
        long epoch = 0;
        if (place.other().orElse(null) instanceof Region.Hosted other) {
            for (Region.Broker broker : other.brokers()) {
                Optional<JsonNode> told = read(broker, place.link());
                long heard = told.map(one -> one.path("ownershipEpoch").asLong(0)).orElse(0L);
                if (heard > epoch) {
                    epoch = heard;
                    ends.clear();
                }
                if (heard == epoch) {
                    told.ifPresent(one -> collect(one, ends));
                }
            }
        }
        return new Copies(epoch, ends);
    }

    private static void collect(JsonNode told, SortedMap<PartitionId, PartitionEnd> ends) {
        for (JsonNode one : told.path("ends")) {
            ends.put(
                    new PartitionId(
                            Uuid.fromString(one.path("topicId").asString("")),
                            one.path("partition").asInt(-1)),
                    new PartitionEnd(
                            one.path("endOffset").asLong(0),
                            one.path("lastEpoch").asInt(-1),
                            one.path("lastCrc").asLong(-1)));
        }
    }

    private static Optional<JsonNode> read(Region.Broker broker, LinkEntry link) {
        try {
            String name = URLEncoder.encode(link.name().name(), StandardCharsets.UTF_8);
            var connection =
                    (HttpURLConnection)
                            URI.create(
                                            "http://%s/api/v1/handover/%s/copies"
                                                    .formatted(broker.admin(), name))
                                    .toURL()
                                    .openConnection();
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            connection.setRequestProperty("Connection", "close");
            try (var body = connection.getInputStream()) {
                return Optional.of(JSON.readTree(body.readNBytes(BYTES_MAX)));
            }
        } catch (IOException | JacksonException silent) {
            return Optional.empty(); // what it leads counts as behind
        }
    }

    // --- the history

    private HttpAnswer rehearsed(Place place, HttpAsk ask, String cause) throws Exception {
        audit(
                place,
                ask.parameter("act").orElse("rehearsal"),
                cause,
                ask.parameter("result").orElse(""));
        return json(200, view(place));
    }

    /** A failover into this region is over. */
    void promoted(PolicyName policy, FailoverReport.Done done, String cause) throws Exception {
        Optional<LinkName> link =
                core.ask((broker, answer) ->
                        answer.complete(
                                broker.failover().policies().stream()
                                        .filter(one -> one.name().equals(policy))
                                        .map(one -> one.follows())
                                        .findFirst()));
        Optional<Place> place =
                link.isPresent() ? place(List.of(link.get().name())) : Optional.empty();
        if (place.isPresent()) {
            audit(
                    place.get(),
                    "failover",
                    cause,
                    "%d partitions taken over in %d ms"
                            .formatted(
                                    done.outcome().partitions().size(),
                                    done.steps().stream()
                                            .mapToLong(step ->
                                                    TimeUnit.NANOSECONDS.toMillis(step.nanos()))
                                            .sum()));
        }
    }

    /** Topics of a link come back to this region as mirrors. */
    void returning(String link, String cause) throws Exception {
        Optional<Place> place = place(List.of(link));
        if (place.isPresent()) {
            audit(
                    place.get(),
                    "failback",
                    cause,
                    "%s follows the owner".formatted(place.get().region().id()));
        }
    }

    private void audit(Place place, String act, String cause, String result) throws Exception {
        Ownership owned = standing(place.link()).ownership().orElse(null);
        if (owned == null) {
            return;
        }
        var entry =
                new Audited(
                        CLOCK.wallTimeMs(),
                        owned.domain(),
                        act,
                        owned.owner(),
                        Math.max(0, owned.epoch() - 1),
                        owned.epoch(),
                        cause,
                        result);
        core.ask((broker, done) ->
                broker.submit(new Audit(entry), broker.links().loop(), done::complete));
    }

    private static Map<String, Object> entry(Audited one) {
        var view = new LinkedHashMap<String, Object>();
        view.put("atMs", one.atMs());
        view.put("link", one.domain().name());
        view.put("act", one.act());
        view.put("owner", one.owner().name());
        view.put("fromEpoch", one.fromEpoch());
        view.put("toEpoch", one.toEpoch());
        view.put("cause", one.cause());
        view.put("result", one.result());
        return view;
    }

    private static HttpAnswer json(int status, Object view) {
        return HttpAnswer.json(status, JSON.writeValueAsString(view));
    }
}
