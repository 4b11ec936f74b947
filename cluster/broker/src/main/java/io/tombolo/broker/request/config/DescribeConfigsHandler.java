package io.tombolo.broker.request.config;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.region.config.BrokerConfig;
import io.tombolo.region.config.ConfigDescription;
import io.tombolo.region.config.ConfigEntry;

import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.Errors;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** DescribeConfigs. */
public final class DescribeConfigsHandler implements RequestHandler<DescribeConfigsRequestData> {

    private final Images images;
    private final Supplier<BrokerConfig> broker;
    private final int brokerId;

    public DescribeConfigsHandler(Images images, Supplier<BrokerConfig> broker, int brokerId) {
        this.images = images;
        this.broker = broker;
        this.brokerId = brokerId;
    }

    @Override
    public void handle(Exchange exchange, DescribeConfigsRequestData body) {
        var response = new DescribeConfigsResponseData();
        Optional<DescribeConfigsResource> unknown =
                body.resources().stream()
                        .filter(resource -> !ResourceTypes.known(resource.resourceType()))
                        .findFirst();
        for (DescribeConfigsResource resource : body.resources()) {
            response.results()
                    .add(
                            unknown.map(first -> refused(unfilled(resource), first))
                                    .orElseGet(() -> result(resource, body.includeSynonyms())));
        }
        exchange.answer(response);
    }

    private static DescribeConfigsResult unfilled(DescribeConfigsResource wanted) {
        return new DescribeConfigsResult()
                .setResourceType(wanted.resourceType())
                .setResourceName(wanted.resourceName());
    }

    /** As in Kafka one resource of a kind that nobody knows spoils the whole request. */
    private static DescribeConfigsResult refused(
            DescribeConfigsResult result, DescribeConfigsResource unknown) {
        return refused(
                result,
                Errors.INVALID_REQUEST,
                "Unexpected resource type %d for resource %s"
                        .formatted(unknown.resourceType(), unknown.resourceName()));
    }

    private DescribeConfigsResult result(DescribeConfigsResource wanted, boolean synonyms) {
        DescribeConfigsResult result = unfilled(wanted);
        Optional<ConfigResource> resource =
                ResourceTypes.resource(wanted.resourceType(), wanted.resourceName());
        if (resource.isEmpty()) {
            return refused(
                    result,
                    Errors.INVALID_REQUEST,
                    "Unsupported resource type: " + wanted.resourceType());
        }
        return switch (entries(resource.get())) {
            case Described(var entries) -> {
                entries.stream()
                        .filter(entry -> isWanted(wanted, entry.name()))
                        .forEach(entry -> result.configs().add(line(entry, synonyms)));
                yield result;
            }
            case Refused(Errors error, String message) -> refused(result, error, message);
        };
    }

    private static boolean isWanted(DescribeConfigsResource wanted, String name) {
        List<String> keys = wanted.configurationKeys();
        return keys == null || keys.isEmpty() || new HashSet<>(keys).contains(name);
    }

    private Entries entries(ConfigResource resource) {
        MetadataImage image = images.current();
        String name = resource.name();
        return switch (resource.type()) {
            case TOPIC ->
                    image.topics().topic(name).isPresent()
                            ? new Described(
                                    ConfigDescription.ofTopic(
                                            image.configs().of(resource), broker.get()))
                            : new Refused(Errors.UNKNOWN_TOPIC_OR_PARTITION, "");
            case GROUP ->
                    name.isEmpty()
                            ? new Refused(Errors.INVALID_REQUEST, "Group name must not be empty")
                            : new Described(
                                    ConfigDescription.ofGroup(
                                            image.configs().of(resource), broker.get()));
            case BROKER -> brokerEntries(name);
            case CLIENT_QUOTA ->
                    throw new IllegalStateException("quotas have requests of their own");
        };
    }

    private Entries brokerEntries(String name) {
        if (name.isEmpty()) {
            return new Described(ConfigDescription.ofClusterDefault(broker.get()));
        }
        if (name.equals(Integer.toString(brokerId))) {
            return new Described(ConfigDescription.ofBroker(broker.get()));
        }
        return new Refused(
                Errors.INVALID_REQUEST,
                "Unexpected broker id, expected %d or empty string, but received %s"
                        .formatted(brokerId, name));
    }

    private static DescribeConfigsResourceResult line(ConfigEntry entry, boolean synonyms) {
        var line =
                new DescribeConfigsResourceResult()
                        .setName(entry.name())
                        .setValue(entry.value().orElse(null))
                        .setReadOnly(entry.readOnly())
                        .setConfigSource(entry.source().code())
                        .setIsSensitive(entry.sensitive())
                        .setConfigType(entry.definition().type().code())
                        .setDocumentation(null);
        if (synonyms) {
            for (ConfigEntry.Synonym synonym : entry.synonyms()) {
                line.synonyms()
                        .add(
                                new DescribeConfigsSynonym()
                                        .setName(synonym.name())
                                        .setValue(synonym.value().orElse(null))
                                        .setSource(synonym.source().code()));
            }
        }
        return line;
    }

    private static DescribeConfigsResult refused(
            DescribeConfigsResult result, Errors error, String message) {
        return result.setErrorCode(error.code())
                .setErrorMessage(message.isEmpty() ? error.message() : message);
    }

    /** What there is to describe. */
    private sealed interface Entries {}

    private record Described(List<ConfigEntry> entries) implements Entries {}

    private record Refused(Errors error, String message) implements Entries {}
}
