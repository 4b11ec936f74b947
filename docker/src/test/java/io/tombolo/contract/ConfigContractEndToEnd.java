package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;

import java.util.List;
import java.util.Map;

/** Contracts 25 to 27: configurations are read and changed. */
class ConfigContractEndToEnd {

    private static final byte TOPIC = 2;
    private static final byte BROKER = 4;

    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    private static final byte FROM_TOPIC = 1;
    private static final byte FROM_BROKER = 2;
    private static final byte FROM_STATIC_FILE = 4;
    private static final byte FROM_DEFAULT = 5;

    @ContractTest
    @DisplayName("25: a topic has 37 configs, a broker 350; synonyms come in order of precedence")
    void contract025DescribeConfigs(Subject subject) {
        Topic topic =
                subject.newTopic(Map.of("retention.ms", "1234567", "retention.bytes", "1000000"));
        try (var client = subject.connect()) {
            DescribeConfigsResult ofTopic = describe(client, TOPIC, topic.name());
            assertThat(ofTopic.configs()).hasSize(37);
            DescribeConfigsResourceResult retention = config(ofTopic, "retention.ms");
            assertThat(retention.value()).isEqualTo("1234567");
            assertThat(retention.configSource()).isEqualTo(FROM_TOPIC);
            // log.retention.ms has no default of its own, so that it is no synonym.
            assertThat(synonyms(retention)).containsExactly("retention.ms=1234567@" + FROM_TOPIC);
            assertThat(synonyms(config(ofTopic, "retention.bytes")))
                    .containsExactly(
                            "retention.bytes=1000000@" + FROM_TOPIC,
                            "log.retention.bytes=-1@" + FROM_DEFAULT);
            assertThat(synonyms(config(ofTopic, "max.message.bytes")))
                    .containsExactly("message.max.bytes=1048588@" + FROM_DEFAULT);

            DescribeConfigsResult missing = describe(client, TOPIC, "nowhere");
            assertThat(Errors.forCode(missing.errorCode()))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);

            DescribeConfigsResult ofBroker = describe(client, BROKER, node(client));
            assertThat(ofBroker.configs()).hasSize(350);
            DescribeConfigsResourceResult partitions =
                    config(ofBroker, "offsets.topic.num.partitions");
            assertThat(partitions.value()).isEqualTo("4");
            assertThat(partitions.configSource()).isEqualTo(FROM_STATIC_FILE);
            assertThat(partitions.readOnly()).isTrue();
            assertThat(synonyms(partitions))
                    .containsExactly(
                            "offsets.topic.num.partitions=4@" + FROM_STATIC_FILE,
                            "offsets.topic.num.partitions=50@" + FROM_DEFAULT);
            DescribeConfigsResourceResult password = config(ofBroker, "ssl.key.password");
            assertThat(password.isSensitive()).isTrue();
            assertThat(password.value()).isNull();
        }
    }

    @ContractTest
    @DisplayName("26: IncrementalAlterConfigs changes all of a resource or nothing of it")
    void contract026IncrementalAlterConfigs(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            var refused =
                    alter(
                            client,
                            topic,
                            change("retention.ms", SET, "99"),
                            change("max.message.bytes", SET, "many"));
            assertThat(Errors.forCode(refused.errorCode())).isEqualTo(Errors.INVALID_CONFIG);
            assertThat(refused.errorMessage())
                    .isEqualTo(
                            "Invalid value many for configuration max.message.bytes: Not a number"
                                    + " of type INT");
            assertThat(topicConfig(client, topic, "retention.ms").value()).isEqualTo("604800000");

            assertThat(error(alter(client, topic, change("retention.ms", APPEND, "1"))))
                    .isEqualTo(Errors.INVALID_CONFIG);
            assertThat(error(alter(client, topic, change("retention.ms", SUBTRACT, "1"))))
                    .isEqualTo(Errors.INVALID_CONFIG);
            assertThat(error(alter(client, topic, change("no.such.config", SET, "1"))))
                    .isEqualTo(Errors.INVALID_CONFIG);
            assertThat(error(alter(client, topic, change("cleanup.policy", APPEND, "compact"))))
                    .isEqualTo(Errors.NONE);
            awaitValue(client, topic, "cleanup.policy", "delete,compact");
            assertThat(error(alter(client, topic, change("cleanup.policy", SUBTRACT, "delete"))))
                    .isEqualTo(Errors.NONE);
            awaitValue(client, topic, "cleanup.policy", "compact");
            assertThat(error(alter(client, topic, change("cleanup.policy", DELETE, null))))
                    .isEqualTo(Errors.NONE);
            awaitValue(client, topic, "cleanup.policy", "delete");

            var unknown =
                    alter(
                            client,
                            new Topic("nowhere", topic.id()),
                            change("retention.ms", SET, "1"));
            assertThat(error(unknown)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
    }

    @ContractTest
    @DisplayName("DescribeConfigs with one unknown type of resource refuses all resources")
    void anUnknownResourceTypeRefusesAll(Subject subject) {
        Topic topic = subject.newTopic();
        var request =
                new DescribeConfigsRequestData()
                        .setResources(
                                List.of(resource(TOPIC, topic.name()), resource((byte) 77, "any")));
        try (var client = subject.connect()) {
            DescribeConfigsResponseData answer = client.call(request, 4);

            assertThat(answer.results())
                    .extracting(DescribeConfigsResult::errorCode)
                    .containsExactly(Errors.INVALID_REQUEST.code(), Errors.INVALID_REQUEST.code());
            assertThat(answer.results().getFirst().configs()).isEmpty();
        }
    }

    @ContractTest
    @DisplayName("the configs of a broker are altered at this broker only")
    void configsOfAnotherBrokerAreRefused(Subject subject) {
        var old = new AlterConfigsRequestData.AlterConfigsResource();
        old.setResourceType(BROKER).setResourceName("4711");
        old.configs()
                .add(
                        new AlterConfigsRequestData.AlterableConfig()
                                .setName("log.cleaner.threads")
                                .setValue("2"));
        var altering = new AlterConfigsRequestData();
        altering.resources().add(old);
        var resource = new AlterConfigsResource().setResourceType(BROKER).setResourceName("4711");
        resource.configs().add(change("log.cleaner.threads", (byte) 0, "2"));
        var incremental = new IncrementalAlterConfigsRequestData();
        incremental.resources().add(resource);
        try (var client = subject.connect()) {
            AlterConfigsResponseData first = client.call(altering, 2);
            IncrementalAlterConfigsResponseData second = client.call(incremental, 1);

            assertThat(Errors.forCode(first.responses().getFirst().errorCode()))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(error(second.responses().getFirst())).isEqualTo(Errors.INVALID_REQUEST);
        }
    }

    @ContractTest
    @DisplayName("a broker's limits on copying replicas are configs of its own, shown while set")
    void throttleRatesAreConfigsOfABroker(Subject subject) {
        String rate = "leader.replication.throttled.rate";
        try (var client = subject.connect()) {
            String node = node(client);
            assertThat(describe(client, BROKER, node).configs())
                    .noneMatch(config -> config.name().equals(rate));

            assertThat(error(alter(client, BROKER, node, change(rate, SET, "-1"))))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(error(alter(client, BROKER, node, change("num.io.threads", SET, "many"))))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(error(alter(client, BROKER, node, change(rate, SET, "12345"))))
                    .isEqualTo(Errors.NONE);

            var shown =
                    Eventually.eventually(
                            "the rate",
                            () ->
                                    describe(client, BROKER, node).configs().stream()
                                            .filter(config -> config.name().equals(rate))
                                            .toList(),
                            found -> !found.isEmpty());
            assertThat(shown.getFirst().configSource()).isEqualTo(FROM_BROKER);
            assertThat(shown.getFirst().readOnly()).isFalse();
            assertThat(shown.getFirst().isSensitive()).isFalse();
            assertThat(shown.getFirst().value()).isEqualTo("12345");
            assertThat(error(alter(client, BROKER, node, change(rate, DELETE, null))))
                    .isEqualTo(Errors.NONE);
            Eventually.eventually(
                    "no rate",
                    () ->
                            describe(client, BROKER, node).configs().stream()
                                    .filter(config -> config.name().equals(rate))
                                    .toList(),
                    List::isEmpty);
        }
    }

    @ContractTest
    @DisplayName("27: AlterConfigs replaces the whole set; what is absent goes back")
    void contract027AlterConfigs(Subject subject) {
        Topic topic = subject.newTopic(Map.of("retention.ms", "1234567"));
        var resource =
                new AlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(TOPIC)
                        .setResourceName(topic.name());
        resource.configs()
                .add(
                        new AlterConfigsRequestData.AlterableConfig()
                                .setName("segment.bytes")
                                .setValue("1048576"));
        var request = new AlterConfigsRequestData();
        request.resources().add(resource);
        try (var client = subject.connect()) {
            AlterConfigsResponseData answer = client.call(request, 2);

            assertThat(answer.responses().getFirst().errorCode()).isEqualTo(Errors.NONE.code());
            awaitValue(client, topic, "segment.bytes", "1048576");
            DescribeConfigsResourceResult retention = topicConfig(client, topic, "retention.ms");
            assertThat(retention.value()).isEqualTo("604800000");
            assertThat(retention.configSource()).isEqualTo(FROM_DEFAULT);
        }
    }

    @ContractTest
    @DisplayName("ListConfigResources names every topic and the broker")
    void configResourcesAreListed(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            var request =
                    new ListConfigResourcesRequestData().setResourceTypes(List.of(TOPIC, BROKER));
            ListConfigResourcesResponseData answer = client.call(request, 1);

            assertThat(answer.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(answer.configResources())
                    .anySatisfy(resource -> {
                        assertThat(resource.resourceType()).isEqualTo(TOPIC);
                        assertThat(resource.resourceName()).isEqualTo(topic.name());
                    })
                    .anySatisfy(resource -> {
                        assertThat(resource.resourceType()).isEqualTo(BROKER);
                        assertThat(resource.resourceName()).isEqualTo(node(client));
                    });
        }
    }

    /** The value of one of the broker's own configs. */
    static String brokerConfig(RawClient client, String name) {
        return config(describe(client, BROKER, node(client)), name).value();
    }

    private static List<String> synonyms(DescribeConfigsResourceResult config) {
        return config.synonyms().stream()
                .map(it -> it.name() + "=" + it.value() + "@" + it.source())
                .toList();
    }

    private static String node(RawClient client) {
        return String.valueOf(
                GroupCalls.coordinatorOf(client, "any").coordinators().getFirst().nodeId());
    }

    private static DescribeConfigsResource resource(byte type, String name) {
        return new DescribeConfigsResource()
                .setResourceType(type)
                .setResourceName(name)
                .setConfigurationKeys(null);
    }

    private static DescribeConfigsResult describe(RawClient client, byte type, String name) {
        DescribeConfigsResponseData answer =
                client.call(
                        new DescribeConfigsRequestData()
                                .setResources(List.of(resource(type, name)))
                                .setIncludeSynonyms(true),
                        4);
        return answer.results().getFirst();
    }

    private static DescribeConfigsResourceResult config(DescribeConfigsResult of, String name) {
        return of.configs().stream()
                .filter(config -> config.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name));
    }

    private static DescribeConfigsResourceResult topicConfig(
            RawClient client, Topic topic, String name) {
        return config(describe(client, TOPIC, topic.name()), name);
    }

    private static void awaitValue(RawClient client, Topic topic, String name, String value) {
        Eventually.eventually(
                name + "=" + value, () -> topicConfig(client, topic, name).value(), value::equals);
    }

    private static AlterableConfig change(String name, byte operation, @Nullable String value) {
        return new AlterableConfig().setName(name).setConfigOperation(operation).setValue(value);
    }

    private static AlterConfigsResourceResponse alter(
            RawClient client, Topic topic, AlterableConfig... changes) {
        return alter(client, TOPIC, topic.name(), changes);
    }

    private static AlterConfigsResourceResponse alter(
            RawClient client, byte type, String name, AlterableConfig... changes) {
        var resource = new AlterConfigsResource().setResourceType(type).setResourceName(name);
        for (AlterableConfig change : changes) {
            resource.configs().add(change);
        }
        var request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        IncrementalAlterConfigsResponseData answer = client.call(request, 1);
        return answer.responses().getFirst();
    }

    private static Errors error(AlterConfigsResourceResponse response) {
        return Errors.forCode(response.errorCode());
    }
}
