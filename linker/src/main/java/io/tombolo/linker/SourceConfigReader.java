package io.tombolo.linker;

import io.tombolo.linker.source.CallOutcome;
import io.tombolo.linker.source.SourceNode;
import io.tombolo.protocol.client.ClientCall;
import io.tombolo.region.link.FollowedConfigs;

import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Reads the synchronised configurations of source topics. Stateless. */
final class SourceConfigReader {

    private static final byte TOPIC = 2;
    private static final byte SET_ON_TOPIC = 1;
    private static final int TOPICS_PER_CALL = 200;
    private static final int VALUE_LENGTH_MAX = 4_096;

    private SourceConfigReader() {}

    /**
     * Asks for topics; {@code found} hears of each topic that was answered, with nothing when the
     * source will not describe it.
     *
     * @param over runs once when every call has ended
     */
    static void read(
            SourceNode node,
            List<String> topics,
            BiConsumer<String, Optional<SortedMap<String, String>>> found,
            Runnable over) {
        int[] pending = {(topics.size() + TOPICS_PER_CALL - 1) / TOPICS_PER_CALL};
        if (pending[0] == 0) {
            over.run();
        }
        for (int from = 0; from < topics.size(); from += TOPICS_PER_CALL) {
            var part = topics.subList(from, Math.min(topics.size(), from + TOPICS_PER_CALL));
            node.ask(
                    call(part),
                    outcome -> {
                        if (outcome instanceof CallOutcome.Answered answer) {
                            answer.lease().release();
                            take((DescribeConfigsResponseData) answer.body(), found);
                        }
                        if (--pending[0] == 0) {
                            over.run();
                        }
                    });
        }
    }

    private static ClientCall call(List<String> topics) {
        var keys = new ArrayList<>(FollowedConfigs.ALWAYS);
        keys.addAll(FollowedConfigs.BY_DEFAULT);
        keys.sort(null);
        var request = new DescribeConfigsRequestData();
        for (String topic : topics) {
            request.resources()
                    .add(
                            new DescribeConfigsResource()
                                    .setResourceType(TOPIC)
                                    .setResourceName(topic)
                                    .setConfigurationKeys(keys));
        }
        return ClientCall.of(ApiKeys.DESCRIBE_CONFIGS, 1, 4, request);
    }

    private static void take(
            DescribeConfigsResponseData answer,
            BiConsumer<String, Optional<SortedMap<String, String>>> found) {
        for (DescribeConfigsResult result : answer.results()) {
            if (result.errorCode() == Errors.NONE.code()) {
                found.accept(result.resourceName(), Optional.of(overrides(result)));
            } else if (result.errorCode() == Errors.TOPIC_AUTHORIZATION_FAILED.code()) {
                found.accept(result.resourceName(), Optional.empty());
            }
        }
    }

    /**
     * Where the copy must agree, what is in force at the source counts, whatever set it, Kafka's
     * own defaults too: those of the copy's region may be others, and compact or shorten what the
     * source keeps. The rest counts where it was set on the topic.
     */
    private static SortedMap<String, String> overrides(DescribeConfigsResult result) {
        var overrides = new TreeMap<String, String>();
        for (DescribeConfigsResourceResult config : result.configs()) {
            boolean usable =
                    config.value() != null
                            && !config.isSensitive()
                            && config.value().length() <= VALUE_LENGTH_MAX;
            if (usable && counts(config)) {
                overrides.put(config.name(), config.value());
            }
        }
        return overrides;
    }

    private static boolean counts(DescribeConfigsResourceResult config) {
        String name = config.name();
        return FollowedConfigs.AT_LEAST.contains(name)
                || FollowedConfigs.ALWAYS.contains(name)
                || FollowedConfigs.BY_DEFAULT.contains(name)
                        && config.configSource() == SET_ON_TOPIC;
    }
}
