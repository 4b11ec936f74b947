package io.tombolo.broker.request.cluster;

import io.tombolo.broker.Commands;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.RegionCommand.Direction;
import io.tombolo.controller.command.RegionCommand.FeatureUpdate;

import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;

/** UpdateFeatures: all updates of a request or none. */
public final class UpdateFeaturesHandler implements RequestHandler<UpdateFeaturesRequestData> {

    private static final short LAST_WITH_RESULTS = 1;
    private static final short ONLY_ALLOW_DOWNGRADE = 0;
    private static final byte UPGRADE = 1;
    private static final byte SAFE_DOWNGRADE = 2;
    private static final byte UNSAFE_DOWNGRADE = 3;

    private final Commands commands;

    public UpdateFeaturesHandler(Commands commands) {
        this.commands = commands;
    }

    @Override
    public void handle(Exchange exchange, UpdateFeaturesRequestData body) {
        var updates = new ArrayList<FeatureUpdate>();
        for (FeatureUpdateKey update : body.featureUpdates()) {
            byte type = type(update, exchange.version());
            if (type < UPGRADE || type > UNSAFE_DOWNGRADE) {
                exchange.answer(
                        new UpdateFeaturesResponseData()
                                .setErrorCode(Errors.INVALID_UPDATE_VERSION.code())
                                .setErrorMessage("unknown upgrade type " + type));
                return;
            }
            updates.add(
                    new FeatureUpdate(update.feature(), update.maxVersionLevel(), direction(type)));
        }
        commands.submit(
                new RegionCommand.UpdateFeatures(updates, body.validateOnly()),
                exchange.loop(),
                answer -> exchange.answer(response(body, exchange.version(), answer)));
    }

    private static byte type(FeatureUpdateKey update, short version) {
        if (version == ONLY_ALLOW_DOWNGRADE) {
            return update.allowDowngrade() ? SAFE_DOWNGRADE : UPGRADE;
        }
        return update.upgradeType();
    }

    private static Direction direction(byte type) {
        return switch (type) {
            case UPGRADE -> Direction.UPGRADE;
            case SAFE_DOWNGRADE -> Direction.SAFE_DOWNGRADE;
            default -> Direction.UNSAFE_DOWNGRADE;
        };
    }

    private static UpdateFeaturesResponseData response(
            UpdateFeaturesRequestData body, short version, Answer<Applied> answer) {
        var response = new UpdateFeaturesResponseData().setErrorMessage(null);
        if (answer instanceof Answer.Refused<Applied>(Refusal refusal)) {
            return response.setErrorCode(refusal.error().code()).setErrorMessage(refusal.message());
        }
        if (version <= LAST_WITH_RESULTS) {
            body.featureUpdates()
                    .forEach(update ->
                            response.results()
                                    .add(
                                            new UpdatableFeatureResult()
                                                    .setFeature(update.feature())));
        }
        return response;
    }
}
