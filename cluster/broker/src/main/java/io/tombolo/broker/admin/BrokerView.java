package io.tombolo.broker.admin;

import io.tombolo.broker.BrokerCore;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.raft.RaftStatus;
import io.tombolo.region.topology.Region;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The brokers of a region as JSON: those of the file and those that the controller knows.
 *
 * @param quorum who votes, and who is the controller
 * @param health read once for all of them
 */
record BrokerView(BrokerCore core, RaftStatus quorum, PartitionHealth health) {

    List<Map<String, @Nullable Object>> all() {
        var ids = new TreeSet<>(image().brokers().byId().keySet());
        core.settings().region().brokers().forEach(broker -> ids.add(broker.id().value()));
        return ids.stream().map(this::summary).toList();
    }

    /** One broker, and what would be lost without it; empty when nobody knows it. */
    Optional<Map<String, @Nullable Object>> one(int brokerId) {
        if (image().brokers().broker(brokerId).isEmpty() && ofFile(brokerId).isEmpty()) {
            return Optional.empty();
        }
        List<PartitionHealth.Loss> lost = health.lostWithout(brokerId);
        Map<String, @Nullable Object> view = summary(brokerId);
        view.put("lostWithoutCount", lost.size());
        view.put(
                "lostWithout",
                lost.stream()
                        .limit(PartitionHealth.NAMED_MAX)
                        .map(PartitionHealth.Loss::view)
                        .toList());
        return Optional.of(view);
    }

    private Map<String, @Nullable Object> summary(int brokerId) {
        Optional<BrokerRegistration> known = image().brokers().broker(brokerId);
        Optional<Region.Broker> written = ofFile(brokerId);
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("id", brokerId);
        view.put("number", written.map(Region.Broker::number).orElse(null));
        view.put("kafka", written.map(broker -> broker.kafka().toString()).orElse(null));
        view.put("admin", written.map(broker -> broker.admin().toString()).orElse(null));
        view.put("rack", known.map(broker -> broker.endpoints().rack()).orElse(""));
        view.put("state", known.map(BrokerView::state).orElse("unknown"));
        view.put("voter", quorum.voterSet().containsNode(brokerId));
        view.put("controller", quorum.leader().leaderId() == brokerId);
        view.put("leaders", image().topics().ledBy(brokerId).size());
        view.put("replicas", image().topics().replicasOn(brokerId).size());
        view.put("notInSync", health.behindOn(brokerId));
        return view;
    }

    /** As the controller sees it. */
    private static String state(BrokerRegistration broker) {
        if (broker.fenced()) {
            return "fenced";
        }
        return broker.shuttingDown() ? "leaving" : "active";
    }

    private MetadataImage image() {
        return health.image();
    }

    private Optional<Region.Broker> ofFile(int brokerId) {
        return core.settings().region().brokers().stream()
                .filter(broker -> broker.id().value() == brokerId)
                .findFirst();
    }
}
