package io.tombolo.broker.request.cluster;

import io.tombolo.broker.ClientListener;
import io.tombolo.broker.Images;
import io.tombolo.broker.request.AuthorizedOperations;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.metadata.image.MetadataImage;

import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.Errors;

/** DescribeCluster, for the endpoints of brokers; controllers have no endpoint of their own. */
public final class DescribeClusterHandler implements RequestHandler<DescribeClusterRequestData> {

    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final Images images;
    private final ClientListener listener;

    public DescribeClusterHandler(Images images, ClientListener listener) {
        this.images = images;
        this.listener = listener;
    }

    @Override
    public void handle(Exchange exchange, DescribeClusterRequestData body) {
        var response =
                new DescribeClusterResponseData()
                        .setClusterId(listener.clusterId())
                        .setEndpointType(BROKERS)
                        .setClusterAuthorizedOperations(
                                AuthorizedOperations.onCluster(
                                        body.includeClusterAuthorizedOperations()));
        if (body.endpointType() != BROKERS) {
            boolean known = body.endpointType() == CONTROLLERS;
            exchange.answer(
                    response.setErrorCode(
                                    (known
                                                    ? Errors.MISMATCHED_ENDPOINT_TYPE
                                                    : Errors.UNSUPPORTED_ENDPOINT_TYPE)
                                            .code())
                            .setErrorMessage(
                                    "this endpoint is a broker's, not of type "
                                            + body.endpointType()));
            return;
        }
        MetadataImage image = images.current();
        response.setControllerId(listener.controllerId(images));
        var brokers =
                body.includeFencedBrokers()
                        ? listener.brokers(image)
                        : listener.activeBrokers(image);
        for (ClientListener.Address broker : brokers) {
            response.brokers()
                    .add(
                            new DescribeClusterBroker()
                                    .setBrokerId(broker.brokerId())
                                    .setHost(broker.host())
                                    .setPort(broker.port())
                                    .setRack(broker.rackOrNull())
                                    .setIsFenced(broker.fenced()));
        }
        exchange.answer(response);
    }
}
