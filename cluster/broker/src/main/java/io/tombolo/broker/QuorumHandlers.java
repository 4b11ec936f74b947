package io.tombolo.broker;

import io.tombolo.broker.quorum.InternalHandlers;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.request.cluster.ApiVersionsHandler;
import io.tombolo.broker.request.cluster.DescribeQuorumHandler;
import io.tombolo.broker.request.cluster.UpdateFeaturesHandler;
import io.tombolo.broker.request.replica.ReplicaHandlers;
import io.tombolo.broker.request.topic.CreatePartitionsHandler;
import io.tombolo.broker.request.topic.CreateTopicsHandler;
import io.tombolo.broker.request.topic.DeleteTopicsHandler;
import io.tombolo.broker.voter.VoterDesk;
import io.tombolo.broker.voter.Voters;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.protocol.ApiVersionsAnswer;
import io.tombolo.protocol.ServedApis;
import io.tombolo.raft.RaftNode;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Which handler answers what concerns the quorum and the controller, on whatever node takes part in
 * them.
 */
record QuorumHandlers(
        NodeSettings settings,
        Environment environment,
        Images images,
        LiveConfig config,
        RaftNode raft) {

    DescribeQuorumHandler describeQuorum() {
        return new DescribeQuorumHandler(raft, loop(), images, listener());
    }

    VoterDesk voters() {
        return new VoterDesk(
                settings.clusterId().toString(),
                loop(),
                raft,
                new Voters(settings.region().nodes()));
    }

    /**
     * What answers clients' requests that other nodes hand on.
     *
     * @param here has commands decided on this node or not at all
     */
    RequestDispatcher enveloped(Commands here) {
        var dispatcher = new RequestDispatcher(ServedApis.clientListener());
        voters().addForClients(dispatcher);
        return new ReplicaHandlers(images)
                .addTo(dispatcher, here)
                .with(
                        ApiKeys.CREATE_TOPICS,
                        CreateTopicsRequestData.class,
                        new CreateTopicsHandler(here, new TopicConfigs(config)))
                .with(
                        ApiKeys.DELETE_TOPICS,
                        DeleteTopicsRequestData.class,
                        new DeleteTopicsHandler(
                                here, settings.config().flag("delete.topic.enable")))
                .with(
                        ApiKeys.CREATE_PARTITIONS,
                        CreatePartitionsRequestData.class,
                        new CreatePartitionsHandler(here))
                .with(
                        ApiKeys.UPDATE_FEATURES,
                        UpdateFeaturesRequestData.class,
                        new UpdateFeaturesHandler(here))
                .with(ApiKeys.DESCRIBE_QUORUM, DescribeQuorumRequestData.class, describeQuorum());
    }

    /** What answers other nodes. */
    RequestDispatcher internal(ServedApis apis, InternalHandlers handlers) {
        var dispatcher = new RequestDispatcher(apis);
        handlers.addTo(dispatcher);
        voters().addTo(dispatcher);
        return dispatcher.with(
                ApiKeys.API_VERSIONS,
                ApiVersionsRequestData.class,
                new ApiVersionsHandler(
                        images,
                        listener(),
                        new ApiVersionsAnswer(dispatcher.apis(), Features.supportedVersions())));
    }

    private EventLoop loop() {
        return environment.loops().loop(0);
    }

    private ClientListener listener() {
        return new ClientListener(
                settings.clusterId().toString(), BrokerSettings.LISTENER, settings.nodeId());
    }
}
