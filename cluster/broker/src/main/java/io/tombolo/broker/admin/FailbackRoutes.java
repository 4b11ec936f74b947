package io.tombolo.broker.admin;

import io.tombolo.broker.BrokerCore;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.LinkCommand.BeginReturn;
import io.tombolo.controller.command.LinkCommand.ConfirmExport;
import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.network.HttpAnswer;
import io.tombolo.network.HttpAsk;
import io.tombolo.region.LinkName;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;

import org.apache.kafka.common.Uuid;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The routes of a region that gets topics back as mirrors; {@link FailbackView} shows how far it
 * is. Blocking: where the copies ended is asked of the region that owns the topics.
 */
record FailbackRoutes(LoopInquiry<BrokerCore> core) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final AdminReader READER = new AdminReader(2_000, 64 << 20);

    /**
     * @param path what stands behind {@code failback}
     */
    HttpAnswer handle(HttpAsk ask, List<String> path) throws Exception {
        BrokerCore broker = core.ask((found, done) -> done.complete(found));
        Optional<LinkEntry> link =
                path.stream()
                        .limit(1)
                        .map(LinkName::new)
                        .flatMap(name -> broker.images().current().links().link(name).stream())
                        .filter(one -> !one.retired())
                        .map(LinkRegistration::entry)
                        .findFirst();
        if (link.isEmpty()) {
            return HttpAnswer.error(404, "there is no such link");
        }
        if (!ask.method().equals("POST")) {
            return view(link.get());
        }
        return path.size() > 1 ? exported(ask, link.get()) : begin(broker, link.get());
    }

    private HttpAnswer view(LinkEntry link) throws Exception {
        return core.ask((broker, done) ->
                done.complete(
                        HttpAnswer.json(
                                200,
                                JSON.writeValueAsString(FailbackView.of(broker, link.name())))));
    }

    // --- its beginning

    private HttpAnswer begin(BrokerCore broker, LinkEntry link) throws Exception {
        MetadataImage image = broker.images().current();
        Optional<Ownership> owned =
                image.region().ownershipOf(link.domain()).map(record -> record.ownership());
        if (owned.isEmpty() || owned.get().owner().equals(broker.settings().region().id())) {
            return HttpAnswer.error(
                    409,
                    "region %s owns the topics of %s, so they need not come back"
                            .formatted(broker.settings().region().id(), link.name()));
        }
        Region owner = broker.settings().topology().regions().get(owned.get().owner());
        var silence = new ArrayList<String>();
        Optional<JsonNode> finished =
                owner instanceof Region.Hosted hosted
                        ? askOwner(hosted, link, silence)
                        : Optional.empty();
        if (finished.isEmpty()) {
            return HttpAnswer.error(
                    503,
                    "no broker of %s, which owns the topics, tells where their copies ended%s"
                            .formatted(
                                    owned.get().owner(),
                                    silence.isEmpty() ? "" : ": " + String.join("; ", silence)));
        }
        if (finished.get().path("ownershipEpoch").asLong(-1) != owned.get().epoch()) {
            return HttpAnswer.error(
                    409,
                    "%s has not finished taking over the topics of %s under ownership epoch %d"
                            .formatted(owned.get().owner(), link.name(), owned.get().epoch()));
        }
        var command =
                new BeginReturn(
                        link.name(), owned.get().epoch(), copies(finished.get(), image, link));
        return submit(command, link);
    }

    /**
     * @param silence takes in why one does not tell, and the next is asked
     */
    private static Optional<JsonNode> askOwner(
            Region.Hosted owner, LinkEntry link, List<String> silence) {
        String name = URLEncoder.encode(link.name().name(), StandardCharsets.UTF_8);
        for (Region.Broker broker : owner.brokers()) {
            try {
                String preview = READER.read(broker.admin(), "/api/v1/failover/" + name);
                return Optional.of(JSON.readTree(preview).path("finished"));
            } catch (IOException | JacksonException reason) {
                silence.add(broker.admin() + ": " + reason.getMessage());
            }
        }
        return Optional.empty();
    }

    /** What the owner tells is by name; a topic of that name with another id will not be copied. */
    private static SortedMap<Uuid, SortedMap<Integer, CopyEnd>> copies(
            JsonNode finished, MetadataImage image, LinkEntry link) {
        var copies = new TreeMap<Uuid, SortedMap<Integer, CopyEnd>>();
        for (JsonNode one : finished.path("topics")) {
            String name = one.path("topic").asString("");
            Optional<TopicImage> topic =
                    image.topics().topic(name).filter(_ -> link.topics().includes(name));
            long end = one.path("endOffset").asLong(-1);
            if (topic.isPresent() && end >= 0) {
                copies.computeIfAbsent(topic.get().id(), _ -> new TreeMap<>())
                        .put(
                                one.path("partition").asInt(-1),
                                new CopyEnd(
                                        end,
                                        Math.max(-1, one.path("highestEpoch").asInt(-1)),
                                        -1,
                                        one.path("settled").asBoolean(false)));
            }
        }
        return copies;
    }

    // --- what was exported

    private HttpAnswer exported(HttpAsk ask, LinkEntry link) throws Exception {
        String name = ask.parameter("topic").orElse("");
        String where = ask.parameter("to").orElse("");
        int partition;
        long epoch;
        try {
            partition = Integer.parseInt(ask.parameter("partition").orElse(""));
            epoch = Long.parseLong(ask.parameter("epoch").orElse(""));
        } catch (NumberFormatException senseless) {
            return HttpAnswer.error(400, "partition and epoch must be numbers");
        }
        BrokerCore broker = core.ask((found, done) -> done.complete(found));
        Optional<TopicImage> topic = broker.images().current().topics().topic(name);
        if (topic.isEmpty()) {
            return HttpAnswer.error(404, "there is no topic " + name);
        }
        var partitions = new TreeMap<>(Map.of(new PartitionId(topic.get().id(), partition), where));
        return submit(new ConfirmExport(link.name(), epoch, partitions), link);
    }

    private HttpAnswer submit(LinkCommand<Applied> command, LinkEntry link) throws Exception {
        Answer<Applied> answer =
                core.ask((broker, done) ->
                        broker.submit(
                                command,
                                broker.links().loop(),
                                answered -> done.complete(answered)));
        return answer instanceof Answer.Refused<Applied>(Refusal refusal)
                ? Refusals.answer(refusal)
                : view(link);
    }
}
