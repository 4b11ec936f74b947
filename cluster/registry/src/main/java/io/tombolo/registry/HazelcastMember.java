package io.tombolo.registry;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.spi.MemberAddressProvider;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionOn;

import io.tombolo.environment.Endpoint;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;

/**
 * The configuration of an embedded member: few threads, one address, nothing but members of this
 * region, no class of theirs but failures, and no success that is none.
 */
final class HazelcastMember {

    static final String MAP = "registry";

    private static final String MAJORITY = "most-of-the-region";

    /** Few, since a few hundred entries are all there is; the same for all members. */
    private static final int PARTITIONS = 17;

    /** Failures come as Java objects, and whoever cannot read one waits for it until a timeout. */
    private static final String[] FAILURES = {
        "com.hazelcast.core.",
        "com.hazelcast.internal.cluster.impl.ClusterTopologyChangedException",
        "com.hazelcast.internal.cluster.impl.ConfigMismatchException",
        "com.hazelcast.internal.cluster.impl.MasterNodeChangedException",
        "com.hazelcast.internal.cluster.impl.VersionMismatchException",
        "com.hazelcast.internal.partition.PartitionStateVersionMismatchException",
        "com.hazelcast.map.ReachedMaxSizeException",
        "com.hazelcast.map.impl.operation.MapFetchIndexOperation$MissingPartitionException",
        "com.hazelcast.nio.serialization.HazelcastSerializationException",
        "com.hazelcast.partition.NoDataMemberInClusterException",
        "com.hazelcast.spi.exception.",
        "com.hazelcast.splitbrainprotection.SplitBrainProtectionException"
    };

    private static final String[] PARTS_OF_FAILURES = {
        "java.lang.Throwable",
        "java.lang.Exception",
        "java.lang.RuntimeException",
        "java.lang.IllegalStateException",
        "java.lang.IllegalArgumentException",
        "java.lang.NullPointerException",
        "java.lang.SecurityException",
        "java.lang.InterruptedException",
        "java.util.concurrent.CancellationException",
        "java.util.concurrent.TimeoutException",
        "java.io.IOException",
        "java.lang.StackTraceElement",
        "[Ljava.lang.StackTraceElement;",
        "java.util.Collections$EmptyList"
    };

    private HazelcastMember() {}

    /** Where a member listens, and where others are told that it does. */
    record OneAddress(Endpoint bound, Endpoint told) implements MemberAddressProvider {

        @Override
        public InetSocketAddress getBindAddress() {
            return new InetSocketAddress(bound.host(), bound.port());
        }

        @Override
        public InetSocketAddress getBindAddress(EndpointQualifier of) {
            return getBindAddress();
        }

        @Override
        public InetSocketAddress getPublicAddress() {
            return new InetSocketAddress(told.host(), told.port());
        }

        @Override
        public InetSocketAddress getPublicAddress(EndpointQualifier of) {
            return getPublicAddress();
        }
    }

    static Config config(HazelcastSettings settings) {
        var config = new Config();
        config.setInstanceName(settings.name());
        config.setClusterName(settings.clusterId());
        properties(settings).forEach(config::setProperty);
        config.setAdvancedNetworkConfig(network(settings));
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false);
        var filter = new JavaSerializationFilterConfig();
        filter.setDefaultsDisabled(true);
        filter.getWhitelist().addPrefixes(FAILURES).addClasses(PARTS_OF_FAILURES);
        config.getSerializationConfig().setJavaSerializationFilterConfig(filter);
        config.addSplitBrainProtectionConfig(
                new SplitBrainProtectionConfig(MAJORITY, true, settings.majority())
                        .setProtectOn(SplitBrainProtectionOn.WRITE));
        config.addMapConfig(
                new MapConfig(MAP)
                        .setBackupCount(1)
                        .setInMemoryFormat(InMemoryFormat.BINARY)
                        .setStatisticsEnabled(false)
                        .setSplitBrainProtectionName(MAJORITY)
                        .setMergePolicyConfig(
                                new MergePolicyConfig(StampMergePolicy.class.getName(), 100)));
        return config;
    }

    /** Members only: no clients, no REST, no discovery but the addresses of the file. */
    private static AdvancedNetworkConfig network(HazelcastSettings settings) {
        var join = new JoinConfig();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig()
                .setEnabled(true)
                .setMembers(settings.all().stream().map(Endpoint::toString).toList());
        Endpoint self = settings.self();
        var socket = new ServerSocketEndpointConfig();
        socket.setPort(self.port());
        socket.setPortAutoIncrement(false);
        socket.setReuseAddress(true);
        var network = new AdvancedNetworkConfig();
        network.setEnabled(true);
        network.setMemberEndpointConfig(socket);
        network.getMemberAddressProviderConfig()
                .setEnabled(true)
                .setImplementation(new OneAddress(self, self));
        network.setJoin(join);
        return network;
    }

    private static Map<String, String> properties(HazelcastSettings settings) {
        HazelcastSettings.Timing timing = settings.timing();
        return Map.ofEntries(
                Map.entry("hazelcast.logging.type", "slf4j"),
                Map.entry("hazelcast.phone.home.enabled", "false"),
                Map.entry("hazelcast.shutdownhook.enabled", "false"),
                Map.entry("hazelcast.socket.bind.any", "false"),
                Map.entry("hazelcast.partition.count", Integer.toString(PARTITIONS)),
                Map.entry("hazelcast.operation.thread.count", "1"),
                Map.entry("hazelcast.operation.generic.thread.count", "2"),
                Map.entry("hazelcast.operation.priority.generic.thread.count", "1"),
                Map.entry("hazelcast.operation.response.thread.count", "1"),
                Map.entry("hazelcast.event.thread.count", "1"),
                Map.entry("hazelcast.io.thread.count", "1"),
                Map.entry("hazelcast.io.balancer.interval.seconds", "-1"),
                Map.entry("hazelcast.health.monitoring.level", "OFF"),
                Map.entry("hazelcast.slow.operation.detector.enabled", "false"),
                Map.entry("hazelcast.wait.seconds.before.join", "0"),
                // What fewer copies hold than were asked for is no success.
                Map.entry("hazelcast.operation.fail.on.indeterminate.state", "true"),
                Map.entry("hazelcast.operation.backup.timeout.millis", "3000"),
                Map.entry("hazelcast.operation.call.timeout.millis", "5000"),
                Map.entry("hazelcast.heartbeat.interval.seconds", seconds(timing.heartbeat())),
                Map.entry("hazelcast.max.no.heartbeat.seconds", seconds(timing.silenceMax())),
                Map.entry("hazelcast.merge.first.run.delay.seconds", seconds(timing.merge())),
                Map.entry("hazelcast.merge.next.run.delay.seconds", seconds(timing.merge())));
    }

    private static String seconds(Duration time) {
        return Long.toString(time.toSeconds());
    }
}
