package io.tombolo.broker.request.cluster;

import io.tombolo.broker.ClientListener;
import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.protocol.ApiVersionsAnswer;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.Errors;

import java.util.TreeMap;

/** ApiVersions: what this listener serves, and the features of the cluster. */
public final class ApiVersionsHandler implements RequestHandler<ApiVersionsRequestData> {

    private static final short FIRST_WITH_CLUSTER = 5;
    private static final int ANY_NODE = -1;

    private final Images images;
    private final ClientListener listener;
    private final ApiVersionsAnswer answer;

    public ApiVersionsHandler(Images images, ClientListener listener, ApiVersionsAnswer answer) {
        this.images = images;
        this.listener = listener;
        this.answer = answer;
    }

    @Override
    public void handle(Exchange exchange, ApiVersionsRequestData body) {
        short version = exchange.version();
        if (!ApiVersionsAnswer.softwareNamed(body, version)) {
            exchange.answer(ApiVersionsAnswer.refusal(Errors.INVALID_REQUEST));
            return;
        }
        if (version >= FIRST_WITH_CLUSTER && expectsAnother(body)) {
            exchange.answer(ApiVersionsAnswer.refusal(Errors.REBOOTSTRAP_REQUIRED));
            return;
        }
        MetadataImage image = images.current();
        exchange.answer(
                answer.list(
                        version, new TreeMap<>(image.region().features()), image.place().offset()));
    }

    /** Whether the client believes to talk to another cluster or broker (KIP-1242). */
    private boolean expectsAnother(ApiVersionsRequestData body) {
        boolean otherCluster =
                body.clusterId() != null && !body.clusterId().equals(listener.clusterId());
        boolean otherBroker = body.nodeId() != ANY_NODE && body.nodeId() != listener.brokerId();
        return otherCluster || otherBroker;
    }
}
