package io.tombolo.broker;

import io.tombolo.broker.group.GroupVersion;
import io.tombolo.broker.group.OffsetsTopicSpec;
import io.tombolo.broker.publish.CommitRights;
import io.tombolo.broker.publish.PartitionPublisher;
import io.tombolo.broker.quorum.Forwarding;
import io.tombolo.broker.quota.ClientQuotas;
import io.tombolo.broker.redirect.LogicalCluster;
import io.tombolo.broker.redirect.Redirection;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.request.cluster.AlterClientQuotasHandler;
import io.tombolo.broker.request.cluster.AlterReplicaLogDirsHandler;
import io.tombolo.broker.request.cluster.ApiVersionsHandler;
import io.tombolo.broker.request.cluster.DescribeClientQuotasHandler;
import io.tombolo.broker.request.cluster.DescribeClusterHandler;
import io.tombolo.broker.request.cluster.DescribeLogDirsHandler;
import io.tombolo.broker.request.cluster.InitProducerIdHandler;
import io.tombolo.broker.request.cluster.ProducerIds;
import io.tombolo.broker.request.cluster.SaslAuthenticateHandler;
import io.tombolo.broker.request.cluster.SaslHandshakeHandler;
import io.tombolo.broker.request.cluster.UpdateFeaturesHandler;
import io.tombolo.broker.request.config.AlterConfigsHandler;
import io.tombolo.broker.request.config.DescribeConfigsHandler;
import io.tombolo.broker.request.config.IncrementalAlterConfigsHandler;
import io.tombolo.broker.request.config.ListConfigResourcesHandler;
import io.tombolo.broker.request.data.AwayTopics;
import io.tombolo.broker.request.data.DeleteRecordsHandler;
import io.tombolo.broker.request.data.DescribeProducersHandler;
import io.tombolo.broker.request.data.EpochEndHandler;
import io.tombolo.broker.request.data.FetchHandler;
import io.tombolo.broker.request.data.LeaderHints;
import io.tombolo.broker.request.data.ListOffsetsHandler;
import io.tombolo.broker.request.data.ProduceHandler;
import io.tombolo.broker.request.data.ReplicaFetchHandler;
import io.tombolo.broker.request.data.ReplicaOffsetsHandler;
import io.tombolo.broker.request.group.FindCoordinatorHandler;
import io.tombolo.broker.request.group.GroupHandlers;
import io.tombolo.broker.request.group.LeasedOffsets;
import io.tombolo.broker.request.group.OffsetFetchHandler;
import io.tombolo.broker.request.group.TxnOffsetCommitHandler;
import io.tombolo.broker.request.replica.ReplicaHandlers;
import io.tombolo.broker.request.topic.AutoCreation;
import io.tombolo.broker.request.topic.CreatePartitionsHandler;
import io.tombolo.broker.request.topic.CreateTopicsHandler;
import io.tombolo.broker.request.topic.DeleteTopicsHandler;
import io.tombolo.broker.request.topic.DescribeTopicPartitionsHandler;
import io.tombolo.broker.request.topic.MetadataHandler;
import io.tombolo.broker.request.topic.OwnersFirst;
import io.tombolo.broker.request.transaction.TransactionHandlers;
import io.tombolo.broker.shard.Shards;
import io.tombolo.broker.transaction.TransactionConfigs;
import io.tombolo.broker.transaction.Transactions;
import io.tombolo.coordinator.group.entry.GroupCoordinator;
import io.tombolo.environment.Environment;
import io.tombolo.protocol.ApiVersionsAnswer;
import io.tombolo.protocol.ServedApis;
import io.tombolo.raft.RaftNode;
import io.tombolo.region.config.BrokerConfig;
import io.tombolo.storage.directory.LogDirectories;

import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Which handler answers which API key. */
record Handlers(
        BrokerSettings settings,
        Environment environment,
        Images images,
        LiveConfig config,
        Shards shards,
        Commands commands) {

    /**
     * What the handlers reach beside the partitions.
     *
     * @param hintsGiven counts the clients that were sent to another broker
     */
    record Services(
            RaftNode raft,
            GroupCoordinator groups,
            Transactions transactions,
            ProducerIds producerIds,
            Forwarding forwarding,
            Replicas replicas,
            Redirection redirection,
            LongAdder hintsGiven) {}

    /** Where the replicas of this broker are. */
    record Replicas(PartitionPublisher publisher, LogDirectories directories) {}

    RequestDispatcher dispatcher(Services services) {
        var dispatcher = new RequestDispatcher(served(services.redirection()));
        ClientListener listener = listener();
        var first =
                new OwnersFirst(
                        commands,
                        images::current,
                        topic ->
                                services.replicas().publisher().undecided(images.current(), topic));
        var autoCreation = autoCreation(first);
        addCluster(dispatcher, listener, services);
        addQuotasAndSasl(dispatcher);
        var metadata = new MetadataHandler(images, listener, autoCreation);
        addTopics(dispatcher, services.redirection().metadata(metadata), first, services);
        addConfigs(dispatcher, first);
        addData(dispatcher, services, new LeaderHints(images, listener, services.hintsGiven()));
        CommitRights rights =
                services.replicas().publisher().commitRights(images, environment.clock());
        var groups =
                new GroupHandlers(
                        services.groups(),
                        new GroupVersion(images),
                        new LeasedOffsets(images, rights),
                        services.redirection().movesClients());
        groups.addTo(dispatcher);
        new TransactionHandlers(images, services.transactions())
                .addTo(dispatcher, autoCreation, rights, services.groups()::partitionOf);
        new ReplicaHandlers(images).addTo(dispatcher, services.forwarding());
        dispatcher
                .with(
                        ApiKeys.OFFSET_FETCH,
                        OffsetFetchRequestData.class,
                        new OffsetFetchHandler(
                                services.groups(), services.redirection().movesClients()))
                .with(
                        ApiKeys.TXN_OFFSET_COMMIT,
                        TxnOffsetCommitRequestData.class,
                        new TxnOffsetCommitHandler(
                                images, services.groups(), services.transactions().gate()))
                .with(
                        ApiKeys.FIND_COORDINATOR,
                        FindCoordinatorRequestData.class,
                        services.redirection()
                                .coordinators(
                                        new FindCoordinatorHandler(
                                                images,
                                                listener,
                                                services.groups(),
                                                services.transactions().coordinator(),
                                                autoCreation)));
        return services.redirection().guard(dispatcher, groups::dismiss);
    }

    /** Limits of clients; and how to log in, which nobody can yet. */
    private void addQuotasAndSasl(RequestDispatcher dispatcher) {
        dispatcher
                .with(
                        ApiKeys.SASL_HANDSHAKE,
                        SaslHandshakeRequestData.class,
                        new SaslHandshakeHandler())
                .with(
                        ApiKeys.SASL_AUTHENTICATE,
                        SaslAuthenticateRequestData.class,
                        new SaslAuthenticateHandler())
                .with(
                        ApiKeys.DESCRIBE_CLIENT_QUOTAS,
                        DescribeClientQuotasRequestData.class,
                        new DescribeClientQuotasHandler(images))
                .with(
                        ApiKeys.ALTER_CLIENT_QUOTAS,
                        AlterClientQuotasRequestData.class,
                        new AlterClientQuotasHandler(commands));
    }

    /**
     * Where clients are sent to another region, only Metadata names its leaders; admin clients ask
     * for these where DescribeTopicPartitions is not served.
     */
    private static ServedApis served(Redirection redirection) {
        return redirection.movesClients()
                ? ServedApis.clientListener().without(ApiKeys.DESCRIBE_TOPIC_PARTITIONS)
                : ServedApis.clientListener();
    }

    private void addCluster(
            RequestDispatcher dispatcher, ClientListener listener, Services services) {
        dispatcher
                .with(
                        ApiKeys.API_VERSIONS,
                        ApiVersionsRequestData.class,
                        new ApiVersionsHandler(
                                images,
                                listener,
                                new ApiVersionsAnswer(
                                        dispatcher.apis(), Features.supportedVersions())))
                .with(
                        ApiKeys.DESCRIBE_CLUSTER,
                        DescribeClusterRequestData.class,
                        new DescribeClusterHandler(images, listener))
                .with(
                        ApiKeys.DESCRIBE_QUORUM,
                        DescribeQuorumRequestData.class,
                        services.forwarding()
                                .of(
                                        ApiKeys.DESCRIBE_QUORUM,
                                        _ -> quorum(services).describeQuorum()))
                .with(
                        ApiKeys.ADD_RAFT_VOTER,
                        AddRaftVoterRequestData.class,
                        services.forwarding()
                                .of(
                                        ApiKeys.ADD_RAFT_VOTER,
                                        _ -> quorum(services).voters().handler()))
                .with(
                        ApiKeys.REMOVE_RAFT_VOTER,
                        RemoveRaftVoterRequestData.class,
                        services.forwarding()
                                .of(
                                        ApiKeys.REMOVE_RAFT_VOTER,
                                        _ -> quorum(services).voters().handler()))
                .with(
                        ApiKeys.UPDATE_FEATURES,
                        UpdateFeaturesRequestData.class,
                        services.forwarding()
                                .of(ApiKeys.UPDATE_FEATURES, UpdateFeaturesHandler::new))
                .with(
                        ApiKeys.DESCRIBE_LOG_DIRS,
                        DescribeLogDirsRequestData.class,
                        logDirs(services))
                .with(
                        ApiKeys.ALTER_REPLICA_LOG_DIRS,
                        AlterReplicaLogDirsRequestData.class,
                        new AlterReplicaLogDirsHandler(images, services.replicas().publisher()))
                .with(
                        ApiKeys.INIT_PRODUCER_ID,
                        InitProducerIdRequestData.class,
                        new InitProducerIdHandler(
                                services.producerIds(), services.transactions().coordinator()));
    }

    private void addTopics(
            RequestDispatcher dispatcher,
            RequestHandler<MetadataRequestData> metadata,
            OwnersFirst first,
            Services services) {
        Forwarding forwarding = services.forwarding();
        dispatcher
                .with(ApiKeys.METADATA, MetadataRequestData.class, metadata)
                .with(
                        ApiKeys.CREATE_TOPICS,
                        CreateTopicsRequestData.class,
                        first.creating(
                                forwarding,
                                to -> new CreateTopicsHandler(to, new TopicConfigs(config))))
                .with(
                        ApiKeys.DELETE_TOPICS,
                        DeleteTopicsRequestData.class,
                        first.deleting(
                                forwarding,
                                to ->
                                        new DeleteTopicsHandler(
                                                to, fixed().flag("delete.topic.enable"))))
                .with(
                        ApiKeys.CREATE_PARTITIONS,
                        CreatePartitionsRequestData.class,
                        first.growing(forwarding, CreatePartitionsHandler::new))
                .with(
                        ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                        DescribeTopicPartitionsRequestData.class,
                        new DescribeTopicPartitionsHandler(
                                images, fixed().integer("max.request.partition.size.limit")));
    }

    private void addConfigs(RequestDispatcher dispatcher, OwnersFirst first) {
        dispatcher
                .with(
                        ApiKeys.DESCRIBE_CONFIGS,
                        DescribeConfigsRequestData.class,
                        new DescribeConfigsHandler(images, config, settings.id().value()))
                .with(
                        ApiKeys.ALTER_CONFIGS,
                        AlterConfigsRequestData.class,
                        new AlterConfigsHandler(first, settings.id().value()))
                .with(
                        ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                        IncrementalAlterConfigsRequestData.class,
                        new IncrementalAlterConfigsHandler(first, settings.id().value()))
                .with(
                        ApiKeys.LIST_CONFIG_RESOURCES,
                        ListConfigResourcesRequestData.class,
                        new ListConfigResourcesHandler(images));
    }

    private void addData(RequestDispatcher dispatcher, Services services, LeaderHints hints) {
        var offload = environment.offload();
        AwayTopics away = services.redirection();
        var quotas = new ClientQuotas(images, environment.clock());
        var limits =
                new FetchHandler.Limits(
                        fixed().integer("max.incremental.fetch.session.cache.slots"),
                        fixed().integer("fetch.max.bytes"),
                        quotas);
        dispatcher
                .with(
                        ApiKeys.PRODUCE,
                        ProduceRequestData.class,
                        new ProduceHandler(
                                images,
                                hints,
                                shards,
                                services.transactions().gate(),
                                away,
                                quotas))
                .with(
                        ApiKeys.FETCH,
                        FetchRequestData.class,
                        new FetchHandler(images, hints, shards, offload, limits, away))
                .with(
                        ApiKeys.LIST_OFFSETS,
                        ListOffsetsRequestData.class,
                        new ListOffsetsHandler(images, shards, offload, away))
                .with(
                        ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                        OffsetForLeaderEpochRequestData.class,
                        new EpochEndHandler(images, shards, away))
                .with(
                        ApiKeys.DELETE_RECORDS,
                        DeleteRecordsRequestData.class,
                        new DeleteRecordsHandler(images, shards))
                .with(
                        ApiKeys.DESCRIBE_PRODUCERS,
                        DescribeProducersRequestData.class,
                        new DescribeProducersHandler(images, shards));
    }

    DescribeLogDirsHandler logDirs(Services services) {
        return new DescribeLogDirsHandler(
                services.replicas().directories(), environment.disk(), environment.offload());
    }

    private ClientListener listener() {
        return new ClientListener(
                LogicalCluster.idOf(
                                settings.topology(), settings.region().id(), settings.clusterId())
                        .toString(),
                BrokerSettings.LISTENER,
                settings.nodeId());
    }

    /** What has to do with the quorum and the controller. */
    QuorumHandlers quorum(Services services) {
        return new QuorumHandlers(settings, environment, images, config, services.raft());
    }

    /** Adds what other brokers ask of the replicas here. */
    RequestDispatcher addReplicas(RequestDispatcher dispatcher, Services services) {
        return new TransactionHandlers(images, services.transactions())
                .addInternal(dispatcher)
                .with(
                        ApiKeys.DESCRIBE_LOG_DIRS,
                        DescribeLogDirsRequestData.class,
                        logDirs(services))
                .with(
                        ApiKeys.LIST_OFFSETS,
                        ListOffsetsRequestData.class,
                        new ReplicaOffsetsHandler(images, shards));
    }

    /** What answers the fetches of other brokers' replicas. */
    ReplicaFetchHandler replicaFetch() {
        return new ReplicaFetchHandler(
                images,
                shards,
                environment.offload(),
                environment.clock(),
                fixed().integer("replica.fetch.response.max.bytes"));
    }

    private AutoCreation autoCreation(OwnersFirst first) {
        return new AutoCreation(
                first,
                fixed().flag("auto.create.topics.enable"),
                List.of(
                        OffsetsTopicSpec.of(fixed(), settings.region().brokers().size()),
                        TransactionConfigs.topic(fixed(), settings.region().brokers().size())),
                TopologyReconciler.declaredTopics(settings));
    }

    private BrokerConfig fixed() {
        return settings.config();
    }
}
