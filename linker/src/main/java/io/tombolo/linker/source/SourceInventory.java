package io.tombolo.linker.source;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a source cluster consists of, checked: legal names, sane counts, complete partitions.
 *
 * @param brokers by id
 * @param topics by name; topics that the source reported with an error, or whose description makes
 *     no sense, are left out
 * @param troubled names that were left out, with the reason; the names may be illegal ones, made
 *     harmless
 */
public record SourceInventory(
        SortedMap<Integer, Endpoint> brokers,
        SortedMap<String, SourceTopic> topics,
        SortedMap<String, Reason> troubled) {

    static final int BROKERS_MAX = 2_000;
    static final int PARTITIONS_MAX = 200_000;
    static final int TROUBLED_MAX = 100;

    private static final Pattern LEGAL_NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    public SourceInventory {
        brokers = Collections.unmodifiableSortedMap(new TreeMap<>(brokers));
        topics = Collections.unmodifiableSortedMap(new TreeMap<>(topics));
        troubled = Collections.unmodifiableSortedMap(new TreeMap<>(troubled));
    }

    /** The inventory before the source has been asked. */
    public static SourceInventory unknown() {
        return new SourceInventory(
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                Collections.emptySortedMap());
    }

    /**
     * Whether a name can be that of a topic; names become folder names, so this is no formality.
     */
    public static boolean isLegalName(String name) {
        return LEGAL_NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }

    /** Who leads a partition, if the source has it. */
    public Optional<SourceTopic.Leader> leaderOf(String topic, int partition) {
        SourceTopic found = topics.get(topic);
        return found == null || partition >= found.partitions().size()
                ? Optional.empty()
                : Optional.of(found.partitions().get(partition));
    }

    /**
     * Reads an answer to a Metadata request.
     *
     * @throws MalformedAnswer when it breaks a limit as a whole
     */
    static SourceInventory of(MetadataResponseData answer) {
        var topics = new TreeMap<String, SourceTopic>();
        var troubled = new TreeMap<String, Reason>();
        int partitionCount = 0;
        for (MetadataResponseTopic topic : answer.topics()) {
            partitionCount += topic.partitions().size();
            if (partitionCount > PARTITIONS_MAX) {
                throw new MalformedAnswer("more than " + PARTITIONS_MAX + " partitions");
            }
            String name = topic.name() == null ? "" : topic.name();
            Optional<Reason> problem = problemOf(name, topic);
            if (problem.isEmpty()) {
                topics.put(name, new SourceTopic(name, topic.topicId(), leadersOf(topic)));
            } else if (troubled.size() < TROUBLED_MAX) {
                troubled.put(harmless(name), problem.get());
            }
        }
        return new SourceInventory(brokersOf(answer), topics, troubled);
    }

    private static SortedMap<Integer, Endpoint> brokersOf(MetadataResponseData answer) {
        if (answer.brokers().size() > BROKERS_MAX) {
            throw new MalformedAnswer("more than " + BROKERS_MAX + " brokers");
        }
        var brokers = new TreeMap<Integer, Endpoint>();
        for (MetadataResponseBroker broker : answer.brokers()) {
            boolean legal =
                    broker.nodeId() >= 0
                            && broker.port() > 0
                            && broker.port() <= 65_535
                            && !broker.host().isBlank()
                            && broker.host().length() <= 255;
            if (!legal) {
                throw new MalformedAnswer("a broker without a legal id, host or port");
            }
            brokers.put(broker.nodeId(), new Endpoint(broker.host(), broker.port()));
        }
        return brokers;
    }

    private static Optional<Reason> problemOf(String name, MetadataResponseTopic topic) {
        if (!isLegalName(name)) {
            return Optional.of(
                    new Reason(Reason.Code.NAME_ILLEGAL, "the source names a topic illegally"));
        }
        if (topic.errorCode() != Errors.NONE.code()) {
            Errors error = Errors.forCode(topic.errorCode());
            return Optional.of(new Reason(codeOf(error), "the source answers " + error));
        }
        if (!isComplete(topic)) {
            return Optional.of(
                    new Reason(
                            Reason.Code.SOURCE_MALFORMED, "the source leaves out some partitions"));
        }
        return Optional.empty();
    }

    /** The code for an error of the source. */
    public static Reason.Code codeOf(Errors error) {
        return switch (error) {
            case TOPIC_AUTHORIZATION_FAILED,
                    GROUP_AUTHORIZATION_FAILED,
                    CLUSTER_AUTHORIZATION_FAILED,
                    SASL_AUTHENTICATION_FAILED ->
                    Reason.Code.SOURCE_DENIED;
            case UNSUPPORTED_VERSION -> Reason.Code.SOURCE_TOO_OLD;
            default -> Reason.Code.SOURCE_ERROR;
        };
    }

    private static boolean isComplete(MetadataResponseTopic topic) {
        var seen = new BitSet(topic.partitions().size());
        for (MetadataResponsePartition partition : topic.partitions()) {
            int index = partition.partitionIndex();
            if (index < 0 || index >= topic.partitions().size() || seen.get(index)) {
                return false;
            }
            seen.set(index);
        }
        return !topic.partitions().isEmpty();
    }

    private static List<SourceTopic.Leader> leadersOf(MetadataResponseTopic topic) {
        var sorted = new ArrayList<>(topic.partitions());
        sorted.sort((a, b) -> Integer.compare(a.partitionIndex(), b.partitionIndex()));
        var leaders = new ArrayList<SourceTopic.Leader>(sorted.size());
        for (MetadataResponsePartition partition : sorted) {
            leaders.add(
                    new SourceTopic.Leader(
                            Math.max(-1, partition.leaderId()),
                            Math.max(-1, partition.leaderEpoch())));
        }
        return leaders;
    }

    private static String harmless(String name) {
        String cut = name.length() > 64 ? name.substring(0, 64) : name;
        return cut.replaceAll("[^a-zA-Z0-9._-]", "?");
    }
}
