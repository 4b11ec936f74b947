package io.tombolo.broker.request.topic;

import io.tombolo.broker.ClientListener;
import io.tombolo.broker.Images;
import io.tombolo.broker.request.AuthorizedOperations;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Metadata: brokers and topics; may create topics that are missing, as Kafka does. */
public final class MetadataHandler implements RequestHandler<MetadataRequestData> {

    private static final short LAST_WITH_EMPTY_FOR_ALL = 0;
    private static final short FIRST_WITH_AUTO_CREATION_FLAG = 4;

    /** The two before it have the fields, but neither may be used (KAFKA-10774). */
    private static final short FIRST_WITH_TOPIC_IDS = 12;

    private final Images images;
    private final ClientListener listener;
    private final AutoCreation autoCreation;

    public MetadataHandler(Images images, ClientListener listener, AutoCreation autoCreation) {
        this.images = images;
        this.listener = listener;
        this.autoCreation = autoCreation;
    }

    @Override
    public void handle(Exchange exchange, MetadataRequestData body) {
        exchange.answer(
                refuses(body, exchange.version())
                        ? refusal(body)
                        : respond(exchange, body, wantsAll(body, exchange.version())));
    }

    /** Whether a request asks for what its version has no words for. */
    public static boolean refuses(MetadataRequestData body, short version) {
        return version < FIRST_WITH_TOPIC_IDS && asksById(body);
    }

    /**
     * What this region knows of the topics that a request names, and begins to create those that
     * are missing.
     *
     * @param all every topic instead
     */
    public MetadataResponseData respond(Exchange exchange, MetadataRequestData body, boolean all) {
        MetadataImage image = images.current();
        var response =
                new MetadataResponseData()
                        .setClusterId(listener.clusterId())
                        .setControllerId(listener.controllerForClients(images))
                        .setClusterAuthorizedOperations(
                                AuthorizedOperations.onCluster(
                                        body.includeClusterAuthorizedOperations()));
        for (var broker : listener.activeBrokers(image)) {
            response.brokers()
                    .add(
                            new MetadataResponseBroker()
                                    .setNodeId(broker.brokerId())
                                    .setHost(broker.host())
                                    .setPort(broker.port())
                                    .setRack(broker.rackOrNull()));
        }
        boolean operations = body.includeTopicAuthorizedOperations();
        if (all) {
            image.topics()
                    .byId()
                    .values()
                    .forEach(topic -> response.topics().add(describe(image, topic, operations)));
        } else {
            var missing = new ArrayList<String>();
            // As with Kafka's broker: a request with ids is answered about these only.
            boolean byId = body.topics().stream().anyMatch(MetadataHandler::isById);
            for (MetadataRequestTopic wanted : body.topics()) {
                if (byId && !isById(wanted)) {
                    continue;
                }
                response.topics().add(answer(image, wanted, operations, missing));
            }
            boolean create =
                    exchange.version() < FIRST_WITH_AUTO_CREATION_FLAG
                            || body.allowAutoTopicCreation();
            if (create && !missing.isEmpty()) {
                autoCreation.create(missing, exchange.loop());
            }
        }
        return response;
    }

    private static boolean asksById(MetadataRequestData body) {
        return body.topics() != null
                && body.topics().stream().anyMatch(topic -> topic.name() == null || isById(topic));
    }

    private static boolean isById(MetadataRequestTopic topic) {
        return !topic.topicId().equals(Uuid.ZERO_UUID);
    }

    /** As Kafka's: about all topics that were asked for, and without the brokers. */
    private static MetadataResponseData refusal(MetadataRequestData body) {
        var response = new MetadataResponseData();
        for (MetadataRequestTopic wanted : body.topics()) {
            response.topics()
                    .add(
                            new MetadataResponseTopic()
                                    .setName(wanted.name() == null ? "" : wanted.name())
                                    .setTopicId(wanted.topicId())
                                    .setErrorCode(Errors.INVALID_REQUEST.code()));
        }
        return response;
    }

    /** Whether a request is about every topic. */
    public static boolean wantsAll(MetadataRequestData body, short version) {
        return body.topics() == null
                || version == LAST_WITH_EMPTY_FOR_ALL && body.topics().isEmpty();
    }

    private static MetadataResponseTopic answer(
            MetadataImage image,
            MetadataRequestTopic wanted,
            boolean operations,
            List<String> missing) {
        boolean byId = isById(wanted);
        Optional<TopicImage> topic =
                byId
                        ? image.topics().topic(wanted.topicId())
                        : Optional.ofNullable(wanted.name()).flatMap(image.topics()::topic);
        if (topic.isPresent()) {
            return describe(image, topic.get(), operations);
        }
        var answer =
                new MetadataResponseTopic()
                        .setName(wanted.name())
                        .setTopicId(wanted.topicId())
                        .setTopicAuthorizedOperations(AuthorizedOperations.onTopic(false));
        if (byId) {
            return answer.setErrorCode(Errors.UNKNOWN_TOPIC_ID.code());
        }
        if (wanted.name() != null && !TopicNames.legal(wanted.name())) {
            return answer.setErrorCode(Errors.INVALID_TOPIC_EXCEPTION.code());
        }
        if (wanted.name() != null) {
            missing.add(wanted.name());
        }
        return answer.setIsInternal(
                        wanted.name() != null && TopicDescriptions.internal(wanted.name()))
                .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private static MetadataResponseTopic describe(
            MetadataImage image, TopicImage topic, boolean operations) {
        var answer =
                new MetadataResponseTopic()
                        .setName(topic.name())
                        .setTopicId(topic.id())
                        .setIsInternal(TopicDescriptions.internal(topic.name()))
                        .setTopicAuthorizedOperations(AuthorizedOperations.onTopic(operations));
        topic.partitions()
                .forEach((index, partition) ->
                        answer.partitions()
                                .add(
                                        new MetadataResponsePartition()
                                                .setPartitionIndex(index)
                                                .setErrorCode(
                                                        TopicDescriptions.error(
                                                                        partition, image.brokers())
                                                                .code())
                                                .setLeaderId(
                                                        TopicDescriptions.leader(
                                                                partition, image.brokers()))
                                                .setLeaderEpoch(partition.leaderEpoch())
                                                .setReplicaNodes(partition.replicas().asList())
                                                .setIsrNodes(partition.isr().asList())
                                                .setOfflineReplicas(
                                                        TopicDescriptions.offline(
                                                                partition, image.brokers()))));
        return answer;
    }
}
