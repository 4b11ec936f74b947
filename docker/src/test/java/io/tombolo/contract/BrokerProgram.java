package io.tombolo.contract;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How one kind of broker is prepared and started as a process of its own. */
interface BrokerProgram {

    /**
     * What both brokers are configured with, in Kafka's names: quick group starts and heartbeats,
     * few internal partitions, a short expiry round.
     */
    Map<String, String> SHARED_CONFIG =
            Map.of(
                    "group.initial.rebalance.delay.ms", "0",
                    "group.consumer.min.heartbeat.interval.ms", "100",
                    "group.consumer.heartbeat.interval.ms", "200",
                    "offsets.topic.num.partitions", "4",
                    "offsets.topic.replication.factor", "1",
                    "offsets.retention.check.interval.ms", "500",
                    "transaction.abort.timed.out.transaction.cleanup.interval.ms", "200",
                    "transaction.state.log.num.partitions", "4",
                    "transaction.state.log.replication.factor", "1",
                    "transaction.state.log.min.isr", "1");

    /** Lower case, as the system property names it. */
    String id();

    /** As test reports show it. */
    String title();

    /** Writes what the broker needs into an empty folder. */
    void prepare(Path folder, int port);

    /** The command line that runs the broker in the foreground. */
    List<String> command(Path folder);
}
