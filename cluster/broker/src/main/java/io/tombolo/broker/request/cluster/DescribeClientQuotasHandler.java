package io.tombolo.broker.request.cluster;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;

import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeClientQuotasRequest;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** DescribeClientQuotas: a filter is judged as Kafka does, and then none is found. */
public final class DescribeClientQuotasHandler
        implements RequestHandler<DescribeClientQuotasRequestData> {

    @Override
    public void handle(Exchange exchange, DescribeClientQuotasRequestData body) {
        exchange.answer(answer(body.components()));
    }

    private static DescribeClientQuotasResponseData answer(List<ComponentData> components) {
        Set<String> types = new HashSet<>();
        for (ComponentData component : components) {
            String type = component.entityType();
            if (type.isEmpty()) {
                return refused(Errors.INVALID_REQUEST, "An entity type is empty.");
            }
            if (!types.add(type)) {
                return refused(
                        Errors.INVALID_REQUEST,
                        "Entity type '%s' is in several components.".formatted(type));
            }
            if (!QuotaEntities.TYPES.contains(type)) {
                return refused(
                        Errors.UNSUPPORTED_VERSION, "There is no entity type '" + type + "'.");
            }
            Optional<String> fault = faultOfMatch(component);
            if (fault.isPresent()) {
                return refused(Errors.INVALID_REQUEST, fault.get());
            }
        }
        return QuotaEntities.mixes(types)
                ? refused(Errors.INVALID_REQUEST, "'ip' goes with no other entity type.")
                : new DescribeClientQuotasResponseData().setEntries(List.of());
    }

    private static Optional<String> faultOfMatch(ComponentData component) {
        byte type = component.matchType();
        return switch (type) {
            case DescribeClientQuotasRequest.MATCH_TYPE_EXACT ->
                    component.match() == null
                            ? Optional.of("An exact match says which name.")
                            : Optional.empty();
            case DescribeClientQuotasRequest.MATCH_TYPE_DEFAULT,
                    DescribeClientQuotasRequest.MATCH_TYPE_SPECIFIED ->
                    component.match() != null
                            ? Optional.of("Only an exact match has a name.")
                            : Optional.empty();
            default -> Optional.of("There is no match type " + type + ".");
        };
    }

    private static DescribeClientQuotasResponseData refused(Errors error, String why) {
        return new DescribeClientQuotasResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(why)
                .setEntries(null);
    }
}
