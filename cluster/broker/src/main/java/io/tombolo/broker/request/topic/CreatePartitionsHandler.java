package io.tombolo.broker.request.topic;

import io.tombolo.broker.Commands;
import io.tombolo.broker.request.Answers;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.Growth;

import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** CreatePartitions. */
public final class CreatePartitionsHandler implements RequestHandler<CreatePartitionsRequestData> {

    private final Commands commands;

    public CreatePartitionsHandler(Commands commands) {
        this.commands = commands;
    }

    @Override
    public void handle(Exchange exchange, CreatePartitionsRequestData body) {
        var topics = new ArrayList<Growth>();
        for (CreatePartitionsTopic topic : body.topics()) {
            List<List<Integer>> assignments =
                    topic.assignments() == null
                            ? List.of()
                            : topic.assignments().stream().map(one -> one.brokerIds()).toList();
            topics.add(new Growth(topic.name(), topic.count(), assignments));
        }
        commands.submit(
                new TopicCommand.CreatePartitions(topics, body.validateOnly()),
                exchange.loop(),
                answer -> exchange.answer(response(body, answer)));
    }

    private static CreatePartitionsResponseData response(
            CreatePartitionsRequestData body, Answer<Map<String, Answer<Applied>>> answer) {
        var response = new CreatePartitionsResponseData();
        for (CreatePartitionsTopic topic : body.topics()) {
            var result = new CreatePartitionsTopicResult().setName(topic.name());
            if (Answers.part(answer, topic.name())
                    instanceof Answer.Refused<Applied>(Refusal refusal)) {
                result.setErrorCode(refusal.error().code()).setErrorMessage(refusal.message());
            }
            response.results().add(result);
        }
        return response;
    }
}
