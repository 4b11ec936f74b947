package io.tombolo.broker.admin;

import io.tombolo.controller.command.Refusal;
import io.tombolo.network.HttpAnswer;

/** What a refused command is to whoever gave it over HTTP. */
final class Refusals {

    private Refusals() {}

    /**
     * 404 for what is not there, 503 when no controller answered (then it may have been done, and
     * is not done again by itself), otherwise 409.
     */
    static HttpAnswer answer(Refusal refusal) {
        int status =
                switch (refusal.error()) {
                    case BROKER_ID_NOT_REGISTERED, RESOURCE_NOT_FOUND -> 404;
                    case NOT_CONTROLLER, THROTTLING_QUOTA_EXCEEDED -> 503;
                    default -> 409;
                };
        return HttpAnswer.error(status, refusal.message());
    }
}
