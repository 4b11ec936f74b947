package io.tombolo.broker.request.replica;

import io.tombolo.broker.Commands;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.Refusal;

import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;

/** UnregisterBroker. */
final class UnregisterBrokerHandler implements RequestHandler<UnregisterBrokerRequestData> {

    private final Commands commands;

    UnregisterBrokerHandler(Commands commands) {
        this.commands = commands;
    }

    @Override
    public void handle(Exchange exchange, UnregisterBrokerRequestData body) {
        commands.submit(
                new BrokerCommand.UnregisterBroker(body.brokerId()),
                exchange.loop(),
                answer -> exchange.answer(response(answer)));
    }

    private static UnregisterBrokerResponseData response(Answer<Applied> answer) {
        var response = new UnregisterBrokerResponseData().setErrorMessage(null);
        return answer instanceof Answer.Refused<Applied>(Refusal refusal)
                ? response.setErrorCode(refusal.error().code()).setErrorMessage(refusal.message())
                : response;
    }
}
