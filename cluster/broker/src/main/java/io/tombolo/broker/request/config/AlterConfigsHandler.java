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
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** AlterConfigs, the old form: what is not named goes back to its default. */
public final class AlterConfigsHandler implements RequestHandler<AlterConfigsRequestData> {

    private final Commands commands;

    public AlterConfigsHandler(Commands commands) {
        this.commands = commands;
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
            ResourceTypes.resource(resource.resourceType(), resource.resourceName())
                    .ifPresent(known -> replacements.add(new Replacement(known, configs)));
        }
        commands.submit(
                new ConfigCommand.AlterConfigs(replacements, body.validateOnly()),
                exchange.loop(),
                answer -> exchange.answer(response(body, answer)));
    }

    private static AlterConfigsResponseData response(
            AlterConfigsRequestData body, Answer<Map<ConfigResource, Answer<Applied>>> answer) {
        var response = new AlterConfigsResponseData();
        for (AlterConfigsResource resource : body.resources()) {
            var result =
                    new AlterConfigsResourceResponse()
                            .setResourceType(resource.resourceType())
                            .setResourceName(resource.resourceName());
            Optional<ConfigResource> known =
                    ResourceTypes.resource(resource.resourceType(), resource.resourceName());
            if (known.isEmpty()) {
                result.setErrorCode(Errors.INVALID_REQUEST.code())
                        .setErrorMessage("Unknown resource type " + resource.resourceType());
            } else if (Answers.part(answer, known.get())
                    instanceof Answer.Refused<Applied>(Refusal refusal)) {
                result.setErrorCode(refusal.error().code()).setErrorMessage(refusal.message());
            }
            response.responses().add(result);
        }
        return response;
    }
}
