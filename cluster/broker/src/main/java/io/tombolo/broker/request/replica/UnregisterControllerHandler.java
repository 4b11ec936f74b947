package io.tombolo.broker.request.replica;

import io.tombolo.broker.Commands;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.RegionCommand;

import org.apache.kafka.common.message.UnregisterControllerRequestData;
import org.apache.kafka.common.message.UnregisterControllerResponseData;

/** UnregisterController: a controller of its own that is gone for good. */
final class UnregisterControllerHandler implements RequestHandler<UnregisterControllerRequestData> {

    private final Commands commands;

    UnregisterControllerHandler(Commands commands) {
        this.commands = commands;
    }

    @Override
    public void handle(Exchange exchange, UnregisterControllerRequestData body) {
        commands.submit(
                new RegionCommand.UnregisterController(body.controllerId()),
                exchange.loop(),
                answer -> exchange.answer(response(answer)));
    }

    private static UnregisterControllerResponseData response(Answer<Applied> answer) {
        var response = new UnregisterControllerResponseData().setErrorMessage(null);
        return answer instanceof Answer.Refused<Applied>(Refusal refusal)
                ? response.setErrorCode(refusal.error().code()).setErrorMessage(refusal.message())
                : response;
    }
}
