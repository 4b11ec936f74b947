package io.tombolo.broker.request.config;

import io.tombolo.broker.Commands;
import io.tombolo.broker.request.Answers;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.ConfigCommand;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** IncrementalAlterConfigs: single changes, each resource as a whole or not at all. */
public final class IncrementalAlterConfigsHandler
        implements RequestHandler<IncrementalAlterConfigsRequestData> {

    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    private final Commands commands;
    private final int brokerId;

    public IncrementalAlterConfigsHandler(Commands commands, int brokerId) {
        this.commands = commands;
        this.brokerId = brokerId;
    }

    @Override
    public void handle(Exchange exchange, IncrementalAlterConfigsRequestData body) {
        var refusals = new HashMap<AlterConfigsResource, Refusal>();
        var alterations = new ArrayList<Alteration>();
        for (AlterConfigsResource resource : body.resources()) {
            Optional<Refusal> refusal = refusal(resource);
            if (refusal.isPresent()) {
                refusals.put(resource, refusal.get());
            } else {
                alterations.add(new Alteration(named(resource), changes(resource)));
            }
        }
        commands.submit(
                new ConfigCommand.IncrementalAlterConfigs(
                        alterations, ConfigCommand.Origin.CLIENT, body.validateOnly()),
                exchange.loop(),
                answer -> exchange.answer(response(body, refusals, answer)));
    }

    /** What is wrong with the form of the request. */
    private Optional<Refusal> refusal(AlterConfigsResource resource) {
        Optional<Refusal> objection =
                ResourceTypes.objection(resource.resourceType(), resource.resourceName(), brokerId);
        if (objection.isPresent()) {
            return objection;
        }
        for (AlterableConfig config : resource.configs()) {
            if (config.configOperation() < SET || config.configOperation() > SUBTRACT) {
                return refused("Unknown operation " + config.configOperation());
            }
            if (config.value() == null && config.configOperation() != DELETE) {
                return refused("Null value not supported for : " + config.name());
            }
        }
        return Optional.empty();
    }

    private static Optional<Refusal> refused(String message) {
        return Optional.of(new Refusal(Errors.INVALID_REQUEST, message));
    }

    private static ConfigResource named(AlterConfigsResource resource) {
        return ResourceTypes.resource(resource.resourceType(), resource.resourceName())
                .orElseThrow();
    }

    private static List<Change> changes(AlterConfigsResource resource) {
        var changes = new ArrayList<Change>();
        for (AlterableConfig config : resource.configs()) {
            String value = Objects.requireNonNullElse(config.value(), "");
            changes.add(
                    switch (config.configOperation()) {
                        case DELETE -> new Change.Delete(config.name());
                        case APPEND -> new Change.Append(config.name(), value);
                        case SUBTRACT -> new Change.Subtract(config.name(), value);
                        default -> new Change.Set(config.name(), value);
                    });
        }
        return changes;
    }

    private static IncrementalAlterConfigsResponseData response(
            IncrementalAlterConfigsRequestData body,
            Map<AlterConfigsResource, Refusal> refusals,
            Answer<Map<ConfigResource, Answer<Applied>>> answer) {
        var response = new IncrementalAlterConfigsResponseData();
        for (AlterConfigsResource resource : body.resources()) {
            var result =
                    new AlterConfigsResourceResponse()
                            .setResourceType(resource.resourceType())
                            .setResourceName(resource.resourceName());
            Refusal refusal = refusals.get(resource);
            if (refusal == null
                    && Answers.part(answer, named(resource))
                            instanceof Answer.Refused<Applied>(Refusal decided)) {
                refusal = decided;
            }
            if (refusal != null) {
                result.setErrorCode(refusal.error().code()).setErrorMessage(refusal.message());
            }
            response.responses().add(result);
        }
        return response;
    }
}
