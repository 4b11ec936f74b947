package io.tombolo.broker.request.topic;

import io.tombolo.broker.Commands;
import io.tombolo.broker.request.Answers;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.DeletedTopic;
import io.tombolo.controller.command.TopicCommand.TopicKey;

import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** DeleteTopics, by name or (from v6) by id. */
public final class DeleteTopicsHandler implements RequestHandler<DeleteTopicsRequestData> {

    private static final short FIRST_WITH_IDS = 6;

    private final Commands commands;

    public DeleteTopicsHandler(Commands commands) {
        this.commands = commands;
    }

    @Override
    public void handle(Exchange exchange, DeleteTopicsRequestData body) {
        List<TopicKey> keys = keys(body, exchange.version());
        commands.submit(
                new TopicCommand.DeleteTopics(keys),
                exchange.loop(),
                answer -> exchange.answer(response(keys, answer)));
    }

    private static List<TopicKey> keys(DeleteTopicsRequestData body, short version) {
        var keys = new ArrayList<TopicKey>();
        if (version < FIRST_WITH_IDS) {
            body.topicNames().forEach(name -> keys.add(new TopicKey.ByName(name)));
        } else {
            for (DeleteTopicState topic : body.topics()) {
                keys.add(
                        topic.name() == null
                                ? new TopicKey.ById(topic.topicId())
                                : new TopicKey.ByName(topic.name()));
            }
        }
        return keys;
    }

    private static DeleteTopicsResponseData response(
            List<TopicKey> keys, Answer<Map<TopicKey, Answer<DeletedTopic>>> answer) {
        var response = new DeleteTopicsResponseData();
        for (TopicKey key : keys) {
            response.responses().add(result(key, Answers.part(answer, key)));
        }
        return response;
    }

    private static DeletableTopicResult result(TopicKey key, Answer<DeletedTopic> answer) {
        return switch (answer) {
            case Answer.Refused<DeletedTopic>(Refusal refusal) -> refused(key, refusal);
            case Answer.Done<DeletedTopic>(var deleted) ->
                    new DeletableTopicResult()
                            .setName(deleted.name())
                            .setTopicId(deleted.topicId());
        };
    }

    private static DeletableTopicResult refused(TopicKey key, Refusal refusal) {
        var result =
                new DeletableTopicResult()
                        .setErrorCode(refusal.error().code())
                        .setErrorMessage(refusal.message());
        return switch (key) {
            case TopicKey.ByName(String name) -> result.setName(name);
            case TopicKey.ById(var topicId) -> result.setName(null).setTopicId(topicId);
        };
    }
}
