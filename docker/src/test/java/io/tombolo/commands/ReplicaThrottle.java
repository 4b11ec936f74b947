package io.tombolo.commands;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.ConfigResource.Type;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets the replicas of a topic that are not in sync catch up so slowly that they are not done
 * before somebody lifts it, whatever the machine.
 *
 * @param kafkaPort of the first of three brokers
 */
record ReplicaThrottle(int kafkaPort, String topic) {

    private static final String BYTES_PER_SECOND = "10000";

    void set() throws Exception {
        configure(OpType.SET);
    }

    void lift() throws Exception {
        configure(OpType.DELETE);
    }

    private void configure(OpType change) throws Exception {
        var changes = new HashMap<ConfigResource, Collection<AlterConfigOp>>();
        for (String broker : List.of("1", "2", "3")) {
            changes.put(
                    new ConfigResource(Type.BROKER, broker),
                    operation("follower.replication.throttled.rate", BYTES_PER_SECOND, change));
        }
        changes.put(
                new ConfigResource(Type.TOPIC, topic),
                operation("follower.replication.throttled.replicas", "*", change));
        String bootstrap = "127.0.0.1:%d,127.0.0.1:%d".formatted(kafkaPort, kafkaPort + 1);
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.incrementalAlterConfigs(changes).all().get();
        }
    }

    private static List<AlterConfigOp> operation(String name, String value, OpType change) {
        return List.of(new AlterConfigOp(new ConfigEntry(name, value), change));
    }
}
