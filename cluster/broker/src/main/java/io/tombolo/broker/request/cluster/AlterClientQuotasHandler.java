package io.tombolo.broker.request.cluster;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;

import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData.EntryData;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * AlterClientQuotas: a quota that nobody enforces is not taken either, so that nobody relies on it.
 * There is none to be removed.
 */
public final class AlterClientQuotasHandler
        implements RequestHandler<AlterClientQuotasRequestData> {

    @Override
    public void handle(Exchange exchange, AlterClientQuotasRequestData body) {
        var answers = new ArrayList<EntryData>();
        for (var entry : body.entries()) {
            answers.add(answer(entry));
        }
        exchange.answer(new AlterClientQuotasResponseData().setEntries(answers));
    }

    private static EntryData answer(AlterClientQuotasRequestData.EntryData entry) {
        var answer = new EntryData().setErrorMessage(null);
        for (var entity : entry.entity()) {
            var same = new EntityData();
            same.setEntityType(entity.entityType()).setEntityName(entity.entityName());
            answer.entity().add(same);
        }
        Optional<String> fault = faultOf(entry.entity());
        if (fault.isPresent()) {
            return answer.setErrorCode(Errors.INVALID_REQUEST.code()).setErrorMessage(fault.get());
        }
        return entry.ops().stream().allMatch(OpData::remove)
                ? answer
                : answer.setErrorCode(Errors.POLICY_VIOLATION.code())
                        .setErrorMessage("Quotas are not enforced here, so none is taken.");
    }

    private static Optional<String> faultOf(List<AlterClientQuotasRequestData.EntityData> entity) {
        if (entity.isEmpty()) {
            return Optional.of("A quota is for something.");
        }
        var types = new HashSet<String>();
        for (var part : entity) {
            String type = part.entityType();
            if (!QuotaEntities.TYPES.contains(type)) {
                return Optional.of("There is no entity type '" + type + "'.");
            }
            if (part.entityName() != null && part.entityName().isEmpty()) {
                return Optional.of("The name of '" + type + "' is empty.");
            }
            types.add(type);
        }
        return QuotaEntities.mixes(types)
                ? Optional.of("'ip' goes with no other entity type.")
                : Optional.empty();
    }
}
