package io.tombolo.cli.handover;

import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.region.topology.LinkEntry;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Transactions that a region has not ended and that keep its partitions from coming to rest. */
final class OpenWork {

    private OpenWork() {}

    /**
     * Has the coordinators abort those that write to a link's topics; their producers are fenced.
     *
     * @return their transactional ids
     */
    static List<String> abort(KafkaRegion region, LinkEntry link) {
        try (Admin admin = region.admin()) {
            var ongoing =
                    new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING));
            var ids =
                    region
                            .await(
                                    admin.listTransactions(ongoing).all(),
                                    region.all("transactions"))
                            .stream()
                            .map(TransactionListing::transactionalId)
                            .toList();
            var concerned = new ArrayList<String>();
            if (!ids.isEmpty()) {
                region.await(admin.describeTransactions(ids).all(), region.all("transactions"))
                        .forEach((id, found) -> {
                            if (found.topicPartitions().stream()
                                    .anyMatch(one -> link.topics().includes(one.topic()))) {
                                concerned.add(id);
                            }
                        });
            }
            if (!concerned.isEmpty()) {
                region.await(admin.fenceProducers(concerned).all(), region.all("transactions"));
            }
            return concerned;
        }
    }
}
