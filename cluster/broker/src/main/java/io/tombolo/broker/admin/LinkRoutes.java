package io.tombolo.broker.admin;

import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.group.OffsetsTopicSpec;
import io.tombolo.broker.link.LinkDefinitions;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.network.HttpAnswer;
import io.tombolo.network.HttpAsk;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.LinkEntry.Ends;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * The routes of links: what they do, holding them, and what the metadata of this region say of
 * them. Blocking.
 */
record LinkRoutes(LoopInquiry<BrokerCore> core, PeerBrokers peers) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * @param path what stands behind {@code links}
     */
    HttpAnswer handle(HttpAsk ask, List<String> path) throws Exception {
        if (path.size() == 2 && ask.method().equals("POST")) {
            var name = new LinkName(path.getFirst());
            return switch (path.get(1)) {
                case "pause" -> change(name, new LinkCommand.PauseLink(name));
                case "resume" -> change(name, new LinkCommand.ResumeLink(name));
                case "define" -> define(name, ask.text());
                case "remove" -> remove(name);
                default -> HttpAnswer.error(404, "a link cannot be told to " + path.get(1));
            };
        }
        if (path.size() == 2 && path.get(1).equals("lineage")) {
            return lineage(new LinkName(path.getFirst()));
        }
        PeerBrokers.Answers others = peers.ask();
        if (path.isEmpty()) {
            return json(200, onLoop((broker, done) -> done.complete(LinkView.all(broker, others))));
        }
        return link(new LinkName(path.getFirst()), others);
    }

    private HttpAnswer link(LinkName name, PeerBrokers.Answers others) throws Exception {
        Optional<Map<String, @Nullable Object>> link =
                onLoop((broker, done) -> done.complete(LinkView.one(broker, name, others)));
        return link.map(view -> json(200, view))
                .orElseGet(() -> HttpAnswer.error(404, "no link " + name + " copies into here"));
    }

    /** Both ends of a link know it. */
    private HttpAnswer lineage(LinkName name) throws Exception {
        return registration(name).isEmpty()
                ? HttpAnswer.error(404, "there is no link " + name)
                : json(
                        200,
                        onLoop((broker, done) ->
                                done.complete(LinkView.lineage(name, broker.images().current()))));
    }

    private HttpAnswer change(LinkName name, LinkCommand<Applied> command) throws Exception {
        Answer<Applied> answer = submit(command);
        return answer instanceof Answer.Refused<Applied>(Refusal refusal)
                ? Refusals.answer(refusal)
                : changed(name);
    }

    /** A link that copies elsewhere, or was removed, is known by the metadata alone. */
    private HttpAnswer changed(LinkName name) throws Exception {
        HttpAnswer answer = link(name, peers.ask());
        if (answer.status() != 404) {
            return answer;
        }
        return registration(name)
                .map(link -> json(200, LinkView.withoutCopies(link)))
                .orElse(answer);
    }

    // --- what a link is

    /** A link that is not there is made; one that is gets these settings while it runs. */
    private HttpAnswer define(LinkName name, String body) throws Exception {
        BrokerCore broker = onLoop((found, done) -> done.complete(found));
        LinkEntry link;
        try {
            JsonNode asked = JSON.readTree(body);
            var settings = new TreeMap<String, String>();
            asked.path("settings")
                    .properties()
                    .forEach(one -> settings.put(one.getKey(), one.getValue().asString()));
            var ends =
                    new Ends(
                            new RegionId(asked.path("from").asString()),
                            new RegionId(asked.path("to").asString()));
            link = LinkEntry.of(name, ends, settings);
            FailoverPolicy.following(name, settings);
            return define(
                    broker.settings(),
                    link,
                    new LinkCommand.DefineLink(
                            LinkDefinitions.of(
                                    broker.settings().topology().name(), name, ends, settings)));
        } catch (JacksonException | IllegalArgumentException senseless) {
            return HttpAnswer.error(400, String.valueOf(senseless.getMessage()));
        }
    }

    private HttpAnswer define(
            BrokerSettings settings, LinkEntry link, LinkCommand.DefineLink command)
            throws Exception {
        RegionId here = settings.region().id();
        if (!link.from().equals(here) && !link.to().equals(here)) {
            return HttpAnswer.error(
                    400,
                    "link %s goes %s, and this is %s".formatted(link.name(), link.ends(), here));
        }
        if (!settings.topology().regions().containsKey(link.from())) {
            return HttpAnswer.error(
                    409, "the file of this broker has no region %s".formatted(link.from()));
        }
        Optional<Refusal> unready = prepare(settings, link);
        return unready.isPresent() ? Refusals.answer(unready.get()) : change(link.name(), command);
    }

    /** What a link needs before it runs: an owner of its topics, and a place for positions. */
    private Optional<Refusal> prepare(BrokerSettings settings, LinkEntry link) throws Exception {
        Optional<Refusal> refusal =
                unheard(
                        new RegionCommand.ClaimOwnership(
                                link.domain(),
                                link.from(),
                                0,
                                Ownership.Mode.STEADY,
                                LinkDefinitions.FIRST_OWNER));
        if (refusal.isPresent() || link.from().equals(settings.region().id())) {
            return refusal;
        }
        return unheard(
                new TopicCommand.CreateTopics(
                        List.of(
                                OffsetsTopicSpec.of(
                                        settings.config(), settings.region().brokers().size())),
                        false));
    }

    /** Any other refusal says that it is so already. */
    private <A> Optional<Refusal> unheard(Command<A> command) throws Exception {
        return submit(command) instanceof Answer.Refused<A>(Refusal refusal)
                        && refusal.error() == Errors.NOT_CONTROLLER
                ? Optional.of(refusal)
                : Optional.empty();
    }

    /** A link with mirror topics leaves its name behind, so that no other one takes them. */
    private HttpAnswer remove(LinkName name) throws Exception {
        MetadataImage image = onLoop((broker, done) -> done.complete(broker.images().current()));
        Optional<LinkRegistration> known = image.links().link(name);
        if (known.isEmpty()) {
            return HttpAnswer.error(404, "there is no link " + name);
        }
        LinkCommand<Applied> command =
                image.links().topicsOf(name).isEmpty()
                        ? new LinkCommand.RemoveLink(name)
                        : new LinkCommand.DefineLink(known.get().definition().retire());
        Answer<Applied> answer = submit(command);
        return answer instanceof Answer.Refused<Applied>(Refusal refusal)
                ? Refusals.answer(refusal)
                : json(200, LinkView.withoutCopies(known.get()));
    }

    private Optional<LinkRegistration> registration(LinkName name) throws Exception {
        return onLoop(
                (broker, done) -> done.complete(broker.images().current().links().link(name)));
    }

    private <A> Answer<A> submit(Command<A> command) throws Exception {
        return onLoop(
                (broker, done) -> broker.submit(command, broker.links().loop(), done::complete));
    }

    private <T> T onLoop(BiConsumer<BrokerCore, CompletableFuture<T>> question) throws Exception {
        return core.ask(question);
    }

    private static HttpAnswer json(int status, Object view) {
        return HttpAnswer.json(status, JSON.writeValueAsString(view));
    }
}
