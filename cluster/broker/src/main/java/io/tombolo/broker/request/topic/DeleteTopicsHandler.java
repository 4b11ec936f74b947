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
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** DeleteTopics, by name or (from v6) by id. */
public final class DeleteTopicsHandler implements RequestHandler<DeleteTopicsRequestData> {

    private static final short FIRST_WITH_IDS = 6;

    /** Clients of earlier versions do not know TOPIC_DELETION_DISABLED. */
    private static final short FIRST_THAT_KNOWS_DISABLED = 3;

    private final Commands commands;
    private final boolean enabled;

    /**
     * @param enabled whether clients may delete topics at all ({@code delete.topic.enable})
     */
    public DeleteTopicsHandler(Commands commands, boolean enabled) {
        this.commands = commands;
        this.enabled = enabled;
    }

    @Override
    public void handle(Exchange exchange, DeleteTopicsRequestData body) {
        List<TopicKey> keys = keys(body, exchange.version());
        if (!enabled) {
            exchange.answer(disabled(keys, exchange.version()));
            return;
        }
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

    /** As in Kafka nothing is looked up, and there is no text beside the error. */
    private static DeleteTopicsResponseData disabled(List<TopicKey> keys, short version) {
        Errors error =
                version < FIRST_THAT_KNOWS_DISABLED
                        ? Errors.INVALID_REQUEST
                        : Errors.TOPIC_DELETION_DISABLED;
        var response = new DeleteTopicsResponseData();
        for (TopicKey key : keys) {
            response.responses().add(named(key).setErrorCode(error.code()));
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
        return named(key).setErrorCode(refusal.error().code()).setErrorMessage(refusal.message());
    }

    private static DeletableTopicResult named(TopicKey key) {
        var result = new DeletableTopicResult();
        return switch (key) {
            case TopicKey.ByName(String name) -> result.setName(name);
            case TopicKey.ById(var topicId) -> result.setName(null).setTopicId(topicId);
        };
    }
}
