package io.tombolo.broker.request.replica;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.ReplicaCommand.ElectLeaders;
import io.tombolo.controller.command.ReplicaCommand.Elected;
import io.tombolo.controller.command.ReplicaCommand.Election;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * ElectLeaders. When nobody is named all topics are told, with those of their partitions for which
 * there was something to do, as by Kafka.
 */
final class ElectLeadersHandler implements RequestHandler<ElectLeadersRequestData> {

    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;
    private static final short LAST_WITHOUT_ERROR = 0;

    private final Commands commands;
    private final Images images;

    ElectLeadersHandler(Commands commands, Images images) {
        this.commands = commands;
        this.images = images;
    }

    @Override
    public void handle(Exchange exchange, ElectLeadersRequestData body) {
        Optional<List<TopicPartition>> named = named(body);
        if (body.electionType() != PREFERRED && body.electionType() != UNCLEAN) {
            var refusal =
                    new Refusal(
                            Errors.INVALID_REQUEST, "Unknown election type " + body.electionType());
            exchange.answer(refused(named.orElse(List.of()), refusal, exchange.version()));
            return;
        }
        commands.submit(
                new ElectLeaders(
                        body.electionType() == PREFERRED ? Election.PREFERRED : Election.UNCLEAN,
                        named),
                exchange.loop(),
                answer -> exchange.answer(response(named, answer, exchange.version())));
    }

    private static Optional<List<TopicPartition>> named(ElectLeadersRequestData body) {
        if (body.topicPartitions() == null) {
            return Optional.empty();
        }
        var names = new ArrayList<TopicPartition>();
        for (var topic : body.topicPartitions()) {
            topic.partitions().forEach(one -> names.add(new TopicPartition(topic.topic(), one)));
        }
        return Optional.of(names);
    }

    private ElectLeadersResponseData response(
            Optional<List<TopicPartition>> named,
            Answer<Map<TopicPartition, Answer<Elected>>> answer,
            short version) {
        return switch (answer) {
            case Answer.Refused<Map<TopicPartition, Answer<Elected>>>(var refusal) ->
                    refused(named.orElse(List.of()), refusal, version);
            case Answer.Done<Map<TopicPartition, Answer<Elected>>>(var elected) -> {
                var results = new Results();
                if (named.isEmpty()) {
                    images.current().topics().idByName().keySet().forEach(results::of);
                }
                elected.forEach((name, each) -> results.add(name, refusalIn(each)));
                yield results.response();
            }
        };
    }

    private static Optional<Refusal> refusalIn(Answer<Elected> answer) {
        return answer instanceof Answer.Refused<Elected>(Refusal refusal)
                ? Optional.of(refusal)
                : Optional.empty();
    }

    private static ElectLeadersResponseData refused(
            List<TopicPartition> named, Refusal refusal, short version) {
        var results = new Results();
        named.forEach(name -> results.add(name, Optional.of(refusal)));
        var response = results.response();
        return version <= LAST_WITHOUT_ERROR
                ? response
                : response.setErrorCode(refusal.error().code());
    }

    /** What became of the partitions, by topic. */
    private static final class Results {

        private final Map<String, ReplicaElectionResult> byTopic = new LinkedHashMap<>();

        ReplicaElectionResult of(String topic) {
            return byTopic.computeIfAbsent(
                    topic, name -> new ReplicaElectionResult().setTopic(name));
        }

        void add(TopicPartition name, Optional<Refusal> refusal) {
            var result = new PartitionResult().setPartitionId(name.partition());
            result.setErrorMessage(refusal.map(Refusal::message).orElse(null));
            refusal.ifPresent(why -> result.setErrorCode(why.error().code()));
            of(name.topic()).partitionResult().add(result);
        }

        ElectLeadersResponseData response() {
            return new ElectLeadersResponseData()
                    .setReplicaElectionResults(new ArrayList<>(byTopic.values()));
        }
    }
}
