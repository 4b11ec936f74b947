package io.tombolo.broker.request.cluster;

import io.tombolo.broker.Commands;
import io.tombolo.broker.quota.QuotaEntity;
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

import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData.EntryData;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * AlterClientQuotas: the limits of an entity are changed as a whole or not at all. A limit that
 * nobody enforces is not taken either, so that nobody relies on it.
 */
public final class AlterClientQuotasHandler
        implements RequestHandler<AlterClientQuotasRequestData> {

    private final Commands commands;

    public AlterClientQuotasHandler(Commands commands) {
        this.commands = commands;
    }

    @Override
    public void handle(Exchange exchange, AlterClientQuotasRequestData body) {
        var refusals = new HashMap<AlterClientQuotasRequestData.EntryData, Refusal>();
        var alterations = new ArrayList<Alteration>();
        for (var entry : body.entries()) {
            Optional<Refusal> fault = faultOf(entry.entity());
            if (fault.isPresent()) {
                refusals.put(entry, fault.get());
            } else {
                alterations.add(new Alteration(resource(entry.entity()), changes(entry.ops())));
            }
        }
        commands.submit(
                new ConfigCommand.IncrementalAlterConfigs(
                        alterations, ConfigCommand.Origin.CLIENT, body.validateOnly()),
                exchange.loop(),
                answer -> exchange.answer(response(body, refusals, answer)));
    }

    private static Optional<Refusal> faultOf(List<AlterClientQuotasRequestData.EntityData> entity) {
        if (entity.isEmpty()) {
            return invalid("A quota is for something.");
        }
        var types = new ArrayList<String>();
        for (var part : entity) {
            String type = part.entityType();
            if (!QuotaEntity.TYPES.contains(type)) {
                return invalid("There is no entity type '" + type + "'.");
            }
            if (types.contains(type)) {
                return invalid("Entity type '" + type + "' is there twice.");
            }
            if (part.entityName() != null && part.entityName().isEmpty()) {
                return invalid("The name of '" + type + "' is empty.");
            }
            types.add(type);
        }
        return QuotaEntity.mixes(types)
                ? invalid("'ip' goes with no other entity type.")
                : Optional.empty();
    }

    private static Optional<Refusal> invalid(String why) {
        return Optional.of(new Refusal(Errors.INVALID_REQUEST, why));
    }

    private static ConfigResource resource(List<AlterClientQuotasRequestData.EntityData> entity) {
        var parts = new TreeMap<String, Optional<String>>();
        entity.forEach(
                part -> parts.put(part.entityType(), Optional.ofNullable(part.entityName())));
        return new QuotaEntity(parts).resource();
    }

    private static List<Change> changes(List<OpData> ops) {
        var changes = new ArrayList<Change>();
        for (OpData op : ops) {
            changes.add(
                    op.remove()
                            ? new Change.Delete(op.key())
                            : new Change.Set(op.key(), Double.toString(op.value())));
        }
        return changes;
    }

    private static AlterClientQuotasResponseData response(
            AlterClientQuotasRequestData body,
            Map<AlterClientQuotasRequestData.EntryData, Refusal> refusals,
            Answer<Map<ConfigResource, Answer<Applied>>> answer) {
        var response = new AlterClientQuotasResponseData();
        for (var entry : body.entries()) {
            var result = new EntryData().setErrorMessage(null);
            for (var part : entry.entity()) {
                result.entity()
                        .add(
                                new EntityData()
                                        .setEntityType(part.entityType())
                                        .setEntityName(part.entityName()));
            }
            Refusal refusal = refusals.get(entry);
            if (refusal == null
                    && Answers.part(answer, resource(entry.entity()))
                            instanceof Answer.Refused<Applied>(Refusal decided)) {
                refusal = decided;
            }
            if (refusal != null) {
                result.setErrorCode(refusal.error().code()).setErrorMessage(refusal.message());
            }
            response.entries().add(result);
        }
        return response;
    }
}
