package io.tombolo.contract;

import com.fasterxml.jackson.databind.JsonNode;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The fields of a response by their paths. Elements of arrays go by their names and not by their
 * places, because the order of topics, partitions and configs is nobody's.
 */
final class ResponseFields {

    private static final List<String> IDENTITIES =
            List.of(
                    "apiKey",
                    "name",
                    "topicName",
                    "topic",
                    "resourceName",
                    "groupId",
                    "key",
                    "memberId",
                    "partitionIndex",
                    "partitionId",
                    "partition");

    private final ApiKeys api;
    private final Map<String, String> names;

    private ResponseFields(ApiKeys api, Map<String, String> names) {
        this.api = api;
        this.names = names;
    }

    /**
     * @param names texts that were made up for this subject, and what stands for them
     */
    static SortedMap<String, String> of(ApiMessage answer, int version, Map<String, String> names) {
        ApiKeys api = ApiKeys.forId(answer.apiKey());
        return new ResponseFields(api, names).of(json(answer, (short) version), "");
    }

    /** Kafka's own conversion, which knows the fields of each version. */
    private static JsonNode json(ApiMessage answer, short version) {
        try {
            Class<?> type = answer.getClass();
            return (JsonNode)
                    Class.forName(type.getName() + "JsonConverter")
                            .getMethod("write", type, short.class)
                            .invoke(null, answer, version);
        } catch (ReflectiveOperationException changed) {
            throw new AssertionError("no JSON of " + answer, changed);
        }
    }

    /**
     * @param path of the node, without numbers of elements
     */
    private SortedMap<String, String> of(JsonNode node, String path) {
        var fields = new TreeMap<String, String>();
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> {
                        String inner =
                                path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                        of(field.getValue(), inner)
                                .forEach((name, value) ->
                                        fields.put(joined(field.getKey(), name), value));
                    });
        } else if (node.isArray() && !MaskedFields.hides(api, path)) {
            List<SortedMap<String, String>> elements = new ArrayList<>();
            for (JsonNode element : node) {
                if (!MaskedFields.shares(api, path) || own(element)) {
                    elements.add(of(element, path));
                }
            }
            elements.sort(Comparator.comparing(Object::toString));
            fields.put("#", Integer.toString(elements.size()));
            var labels = new TreeMap<String, Integer>();
            for (SortedMap<String, String> element : elements) {
                String label = label(element);
                int same = labels.merge(label, 1, Integer::sum);
                String number = "[" + label + (same == 1 ? "" : "/" + same) + "]";
                element.forEach((name, value) -> fields.put(joined(number, name), value));
            }
        } else {
            fields.put("", text(node, path));
        }
        return fields;
    }

    /** Whether a name that was made up for this subject is in it. */
    private boolean own(JsonNode element) {
        String text = element.toString();
        return names.keySet().stream().anyMatch(text::contains);
    }

    /** By what an element differs from the others of its array, as far as its fields tell. */
    private static String label(SortedMap<String, String> element) {
        return IDENTITIES.stream()
                .filter(element::containsKey)
                .map(element::get)
                .collect(Collectors.joining(" "));
    }

    private static String joined(String outer, String inner) {
        return inner.isEmpty() || inner.startsWith("[") || inner.equals("#")
                ? outer + inner
                : outer + "." + inner;
    }

    private String text(JsonNode node, String path) {
        String text = node.isValueNode() ? node.asText() : node.toString();
        if (MaskedFields.hides(api, path)) {
            return MaskedFields.masked(text);
        }
        for (Map.Entry<String, String> name : names.entrySet()) {
            text = text.replace(name.getKey(), name.getValue());
        }
        return text;
    }
}
