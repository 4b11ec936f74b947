package io.tombolo.broker.request.config;

import io.tombolo.broker.Commands;
import io.tombolo.broker.request.Answers;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.ConfigCommand;
import io.tombolo.controller.command.ConfigCommand.Replacement;
import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;

import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** AlterConfigs, the old form: what is not named goes back to its default. */
public final class AlterConfigsHandler implements RequestHandler<AlterConfigsRequestData> {

    private final Commands commands;
    private final int brokerId;

    public AlterConfigsHandler(Commands commands, int brokerId) {
        this.commands = commands;
        this.brokerId = brokerId;
    }

    @Override
    public void handle(Exchange exchange, AlterConfigsRequestData body) {
        var replacements = new ArrayList<Replacement>();
        for (AlterConfigsResource resource : body.resources()) {
            var configs = new TreeMap<String, String>();
            resource.configs()
                    .forEach(config -> {
                        if (config.value() != null) {
                            configs.put(config.name(), config.value());
                        }
                    });
            if (objection(resource).isEmpty()) {
                replacements.add(new Replacement(named(resource), configs));
            }
        }
        commands.submit(
                new ConfigCommand.AlterConfigs(replacements, body.validateOnly()),
                exchange.loop(),
                answer -> exchange.answer(response(body, answer)));
    }

    private Optional<Refusal> objection(AlterConfigsResource resource) {
        return ResourceTypes.objection(resource.resourceType(), resource.resourceName(), brokerId);
    }

    private static ConfigResource named(AlterConfigsResource resource) {
        return ResourceTypes.resource(resource.resourceType(), resource.resourceName())
                .orElseThrow();
    }

    private AlterConfigsResponseData response(
            AlterConfigsRequestData body, Answer<Map<ConfigResource, Answer<Applied>>> answer) {
        var response = new AlterConfigsResponseData();
        for (AlterConfigsResource resource : body.resources()) {
            var result =
                    new AlterConfigsResourceResponse()
                            .setResourceType(resource.resourceType())
                            .setResourceName(resource.resourceName());
            Optional<Refusal> refusal = objection(resource);
            if (refusal.isEmpty()
                    && Answers.part(answer, named(resource))
                            instanceof Answer.Refused<Applied>(Refusal decided)) {
                refusal = Optional.of(decided);
            }
            refusal.ifPresent(reason ->
                    result.setErrorCode(reason.error().code()).setErrorMessage(reason.message()));
            response.responses().add(result);
        }
        return response;
    }
}
