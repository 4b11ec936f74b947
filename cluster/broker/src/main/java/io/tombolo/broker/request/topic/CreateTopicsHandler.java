package io.tombolo.broker.request.topic;

import io.tombolo.broker.Commands;
import io.tombolo.broker.TopicConfigs;
import io.tombolo.broker.request.Answers;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.CreatedTopic;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.region.config.ConfigEntry;

import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** CreateTopics. */
public final class CreateTopicsHandler implements RequestHandler<CreateTopicsRequestData> {

    private final Commands commands;
    private final TopicConfigs configs;

    public CreateTopicsHandler(Commands commands, TopicConfigs configs) {
        this.commands = commands;
        this.configs = configs;
    }

    @Override
    public void handle(Exchange exchange, CreateTopicsRequestData body) {
        var topics = new ArrayList<NewTopic>();
        body.topics().forEach(topic -> topics.add(newTopic(topic)));
        commands.submit(
                new TopicCommand.CreateTopics(topics, body.validateOnly()),
                exchange.loop(),
                answer -> exchange.answer(response(body, answer)));
    }

    private static NewTopic newTopic(CreatableTopic topic) {
        var assignments = new TreeMap<Integer, List<Integer>>();
        topic.assignments().forEach(one -> assignments.put(one.partitionIndex(), one.brokerIds()));
        return new NewTopic(
                topic.name(),
                topic.numPartitions(),
                topic.replicationFactor(),
                assignments,
                overrides(topic));
    }

    private static TreeMap<String, String> overrides(CreatableTopic topic) {
        var overrides = new TreeMap<String, String>();
        topic.configs()
                .forEach(config -> {
                    if (config.value() != null) {
                        overrides.put(config.name(), config.value());
                    }
                });
        return overrides;
    }

    private CreateTopicsResponseData response(
            CreateTopicsRequestData body, Answer<Map<String, Answer<CreatedTopic>>> answer) {
        var response = new CreateTopicsResponseData();
        for (CreatableTopic topic : body.topics()) {
            response.topics().add(result(topic, Answers.part(answer, topic.name())));
        }
        return response;
    }

    private CreatableTopicResult result(CreatableTopic topic, Answer<CreatedTopic> answer) {
        return switch (answer) {
            case Answer.Refused<CreatedTopic>(Refusal refusal) -> refused(topic, refusal);
            case Answer.Done<CreatedTopic>(var created) ->
                    new CreatableTopicResult()
                            .setName(topic.name())
                            .setTopicId(created.topicId())
                            .setErrorMessage(null)
                            .setNumPartitions(created.partitionCount())
                            .setReplicationFactor((short) created.replicationFactor())
                            .setConfigs(configsOf(topic));
        };
    }

    private List<CreatableTopicConfigs> configsOf(CreatableTopic topic) {
        return configs.describe(overrides(topic)).stream()
                .map(CreateTopicsHandler::config)
                .toList();
    }

    private static CreatableTopicConfigs config(ConfigEntry entry) {
        return new CreatableTopicConfigs()
                .setName(entry.name())
                .setValue(entry.value().orElse(null))
                .setReadOnly(entry.readOnly())
                .setConfigSource(entry.source().code())
                .setIsSensitive(entry.sensitive());
    }

    private static CreatableTopicResult refused(CreatableTopic topic, Refusal refusal) {
        return new CreatableTopicResult()
                .setName(topic.name())
                .setErrorCode(refusal.error().code())
                .setErrorMessage(refusal.message())
                .setNumPartitions(-1)
                .setReplicationFactor((short) -1);
    }
}
