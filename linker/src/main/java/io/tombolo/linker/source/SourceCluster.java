package io.tombolo.linker.source;

import io.tombolo.environment.Endpoint;
import io.tombolo.protocol.client.ClientCall;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The brokers of a source cluster and how to reach them. Knows the bootstrap addresses from the
 * start and the brokers from the last answer to {@link #refresh}. Mutable; owned by the loop of the
 * link.
 */
public final class SourceCluster {

    /** What became of a refresh. */
    public sealed interface Refreshed {}

    /** The source answered. */
    public record Known(SourceInventory inventory) implements Refreshed {}

    /** It did not, or with an error. */
    public record Unknown(Reason reason) implements Refreshed {}

    private final SourceChannel.Shared shared;
    private final TreeMap<Integer, SourceNode> brokers = new TreeMap<>();
    private final List<SourceNode> seeds = new ArrayList<>();
    private int cursor;
    private boolean closed;

    /**
     * @param clientId what the source sees of this link in its logs and quotas
     */
    public SourceCluster(
            LinkHost host, LinkTimers timers, String clientId, List<Endpoint> bootstrap) {
        this.shared = new SourceChannel.Shared(host, timers, clientId);
        for (Endpoint endpoint : bootstrap) {
            seeds.add(new SourceNode(-1 - seeds.size(), endpoint, shared));
        }
    }

    /** A broker, if the source has it. */
    public Optional<SourceNode> broker(int id) {
        return Optional.ofNullable(brokers.get(id));
    }

    /** The brokers in the order of their ids. */
    public Collection<SourceNode> brokers() {
        return Collections.unmodifiableCollection(brokers.values());
    }

    /**
     * Asks for brokers and all topics. Each failure moves on to the next broker or bootstrap
     * address for the next call.
     *
     * @param done called exactly once, never before this returns
     */
    public void refresh(Consumer<Refreshed> done) {
        SourceNode node = next();
        var request = new MetadataRequestData().setTopics(null).setAllowAutoTopicCreation(false);
        node.ask(
                ClientCall.of(ApiKeys.METADATA, 7, 12, request),
                outcome -> done.accept(read(outcome)));
    }

    /** Closes every connection. Repeatable. */
    public void close() {
        closed = true;
        List.copyOf(brokers.values()).forEach(SourceNode::close);
        seeds.forEach(SourceNode::close);
        brokers.clear();
    }

    private Refreshed read(CallOutcome outcome) {
        return switch (outcome) {
            case CallOutcome.Failed(var reason) -> {
                cursor++;
                yield new Unknown(reason);
            }
            case CallOutcome.Answered answer -> {
                try {
                    yield adopt((MetadataResponseData) answer.body());
                } catch (MalformedAnswer garbage) {
                    cursor++;
                    yield new Unknown(
                            new Reason(
                                    Reason.Code.SOURCE_MALFORMED,
                                    String.valueOf(garbage.getMessage())));
                } finally {
                    answer.lease().release();
                }
            }
        };
    }

    private Refreshed adopt(MetadataResponseData answer) {
        if (answer.errorCode() != Errors.NONE.code()) {
            cursor++;
            Errors error = Errors.forCode(answer.errorCode());
            return new Unknown(
                    new Reason(SourceInventory.codeOf(error), "the source answers " + error));
        }
        SourceInventory inventory = SourceInventory.of(answer);
        if (!closed) {
            inventory.brokers().forEach(this::keepOrReplace);
            brokers.entrySet()
                    .removeIf(entry -> {
                        boolean gone = !inventory.brokers().containsKey(entry.getKey());
                        if (gone) {
                            entry.getValue().close();
                        }
                        return gone;
                    });
        }
        return new Known(inventory);
    }

    private void keepOrReplace(int id, Endpoint endpoint) {
        SourceNode known = brokers.get(id);
        if (known == null || !known.endpoint().equals(endpoint)) {
            if (known != null) {
                known.close();
            }
            brokers.put(id, new SourceNode(id, endpoint, shared));
        }
    }

    /** Brokers and bootstrap addresses take turns, one per failure. */
    private SourceNode next() {
        var all = new ArrayList<SourceNode>(brokers.values());
        all.addAll(seeds);
        return all.get(Math.floorMod(cursor, all.size()));
    }
}
