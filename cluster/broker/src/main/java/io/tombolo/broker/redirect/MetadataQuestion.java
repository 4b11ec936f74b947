package io.tombolo.broker.redirect;

import io.tombolo.broker.ClientListener;
import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.topic.MetadataHandler;
import io.tombolo.broker.shard.Shards;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.region.RegionId;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One Metadata request in regions that are one cluster to clients. Topics that another region owns
 * are described by that region; those that nobody here knows, by whichever region does; the rest
 * here. Brokers of all these regions are named, so that a client that has asked once can go to any
 * of them. Mutable, lives for one request, on the loop of its exchange.
 */
final class MetadataQuestion {

    private final Exchange exchange;
    private final MetadataRequestData body;
    private final MetadataImage image;
    private final MetadataHandler local;
    private final OtherMetadata there;
    private final boolean all;
    private final List<MetadataRequestTopic> here = new ArrayList<>();
    private final List<MetadataRequestTopic> unknown = new ArrayList<>();
    private final Map<MetadataRequestTopic, RegionId> away = new HashMap<>();
    private final Map<RegionId, List<MetadataRequestTopic>> asked = new TreeMap<>();
    private final Map<RegionId, MetadataResponseData> answers = new TreeMap<>();
    private int missing;

    private MetadataQuestion(
            Exchange exchange,
            MetadataRequestData body,
            MetadataImage image,
            MetadataHandler local,
            OtherMetadata there) {
        this.exchange = exchange;
        this.body = body;
        this.image = image;
        this.local = local;
        this.there = there;
        this.all = MetadataHandler.wantsAll(body, exchange.version());
    }

    /** Answers a request, unless it is malformed: then nobody else need be asked. */
    static void answer(
            Exchange exchange,
            MetadataRequestData body,
            Images images,
            MetadataHandler local,
            OtherMetadata there) {
        if (MetadataHandler.refuses(body, exchange.version())) {
            local.handle(exchange, body);
            return;
        }
        new MetadataQuestion(exchange, body, images.current(), local, there).ask();
    }

    private void ask() {
        if (all) {
            there.contacts().keySet().forEach(region -> asked.put(region, new ArrayList<>()));
        } else {
            body.topics().forEach(this::sort);
        }
        there.controllerAway(image)
                .ifPresent(region -> asked.computeIfAbsent(region, _ -> new ArrayList<>()));
        missing = asked.size();
        if (missing == 0) {
            finish();
            return;
        }
        boolean create = unknown.isEmpty() && body.allowAutoTopicCreation();
        asked.forEach((region, topics) ->
                there.ask(
                        region,
                        new MetadataRequestData()
                                .setTopics(all ? null : topics)
                                .setAllowAutoTopicCreation(create)
                                .setIncludeTopicAuthorizedOperations(
                                        body.includeTopicAuthorizedOperations()),
                        answer -> Shards.run(exchange.loop(), () -> answered(region, answer))));
    }

    private void sort(MetadataRequestTopic wanted) {
        Optional<String> name = nameOf(wanted);
        if (name.isPresent()
                && there.homes().ofTopic(image, name.get()) instanceof Home.Away(var region)) {
            away.put(wanted, region);
            asked.computeIfAbsent(region, _ -> new ArrayList<>()).add(wanted);
        } else if (name.filter(this::isOurs).isPresent()) {
            here.add(wanted);
        } else {
            unknown.add(wanted);
            for (RegionId region : there.contacts().keySet()) {
                asked.computeIfAbsent(region, _ -> new ArrayList<>()).add(wanted);
            }
        }
    }

    private Optional<String> nameOf(MetadataRequestTopic wanted) {
        return wanted.topicId().equals(Uuid.ZERO_UUID)
                ? Optional.ofNullable(wanted.name())
                : image.topics().topic(wanted.topicId()).map(TopicImage::name);
    }

    /** Known here, or of a kind that each region has for itself. */
    private boolean isOurs(String name) {
        return image.topics().topic(name).isPresent() || name.startsWith("__");
    }

    private void answered(RegionId region, Optional<MetadataResponseData> answer) {
        answer.ifPresent(found -> answers.put(region, found));
        missing--;
        if (missing == 0) {
            finish();
        }
    }

    private void finish() {
        var found = new ArrayList<MetadataResponseTopic>();
        if (all) {
            answers.forEach((region, answer) -> addAll(region, answer, found));
        } else {
            away.forEach((wanted, region) -> found.add(describedBy(region, wanted)));
            unknown.forEach(wanted ->
                    knownAnywhere(wanted).ifPresentOrElse(found::add, () -> here.add(wanted)));
        }
        MetadataResponseData response =
                local.respond(exchange, body.duplicate().setTopics(here), all);
        if (all) {
            response.topics()
                    .removeIf(topic ->
                            there.homes().ofTopic(image, topic.name()) instanceof Home.Away);
        }
        found.forEach(topic -> response.topics().add(topic));
        addBrokers(response);
        there.controllerAway(image)
                .ifPresent(region -> response.setControllerId(controllerOf(region)));
        exchange.answer(response);
    }

    /** What a region says of all its topics that are not this region's to describe. */
    private void addAll(
            RegionId region, MetadataResponseData answer, List<MetadataResponseTopic> found) {
        for (MetadataResponseTopic topic : answer.topics()) {
            boolean its =
                    there.homes().ofTopic(image, topic.name()) instanceof Home.Away(var owner)
                            ? owner.equals(region)
                            : !isOurs(topic.name());
            boolean first = found.stream().noneMatch(one -> one.name().equals(topic.name()));
            if (its && first) {
                found.add(topic.duplicate());
            }
        }
    }

    /** What the owner says; when it says nothing, that there is no leader by now. */
    private MetadataResponseTopic describedBy(RegionId owner, MetadataRequestTopic wanted) {
        return Optional.ofNullable(answers.get(owner))
                .flatMap(answer -> described(answer, wanted))
                .orElseGet(() ->
                        new MetadataResponseTopic()
                                .setName(nameOf(wanted).orElse(null))
                                .setTopicId(idOf(wanted))
                                .setErrorCode(Errors.LEADER_NOT_AVAILABLE.code()));
    }

    private Uuid idOf(MetadataRequestTopic wanted) {
        return nameOf(wanted)
                .flatMap(image.topics()::topic)
                .map(TopicImage::id)
                .orElse(wanted.topicId());
    }

    private Optional<MetadataResponseTopic> knownAnywhere(MetadataRequestTopic wanted) {
        return answers.values().stream()
                .flatMap(answer -> described(answer, wanted).stream())
                .filter(topic -> topic.errorCode() == Errors.NONE.code())
                .findFirst();
    }

    private static Optional<MetadataResponseTopic> described(
            MetadataResponseData answer, MetadataRequestTopic wanted) {
        boolean byId = !wanted.topicId().equals(Uuid.ZERO_UUID);
        return answer.topics().stream()
                .filter(topic ->
                        byId
                                ? topic.topicId().equals(wanted.topicId())
                                : String.valueOf(wanted.name()).equals(topic.name()))
                .map(MetadataResponseTopic::duplicate)
                .findFirst();
    }

    private void addBrokers(MetadataResponseData response) {
        for (MetadataResponseData answer : answers.values()) {
            for (MetadataResponseBroker broker : answer.brokers()) {
                add(response, broker.duplicate());
            }
        }
        for (ClientListener.Address known : there.brokers().inOtherRegions(asked.keySet())) {
            add(
                    response,
                    new MetadataResponseBroker()
                            .setNodeId(known.brokerId())
                            .setHost(known.host())
                            .setPort(known.port())
                            .setRack(known.rackOrNull()));
        }
    }

    private static void add(MetadataResponseData response, MetadataResponseBroker broker) {
        if (response.brokers().find(broker.nodeId()) == null) {
            response.brokers().add(broker);
        }
    }

    private int controllerOf(RegionId region) {
        MetadataResponseData answer = answers.get(region);
        return answer == null ? -1 : answer.controllerId();
    }
}
