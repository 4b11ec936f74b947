package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Every version of every API that we answer: one request of each, and the same fields back, but for
 * those that {@link MaskedFields} names.
 */
@ExtendWith(BothSubjects.class)
class EveryVersionEndToEnd {

    @Test
    @DisplayName("every version of every API is answered alike, field by field")
    void everyVersionIsAnsweredAlike(Subjects.Running running) {
        List<Subject> subjects = running.subjects();
        Map<String, SortedMap<String, String>> expected = answers(subjects.getFirst());
        for (Subject subject : subjects.subList(1, subjects.size())) {
            assertThat(differences(expected, answers(subject)))
                    .as("fields that %s answers in another way", subject)
                    .isEmpty();
        }
    }

    private static List<String> differences(
            Map<String, SortedMap<String, String>> expected,
            Map<String, SortedMap<String, String>> answered) {
        var differences = new ArrayList<String>();
        expected.forEach((request, fields) -> {
            SortedMap<String, String> others = answered.get(request);
            var names = new TreeSet<>(fields.keySet());
            names.addAll(others.keySet());
            for (String name : names) {
                String one = fields.getOrDefault(name, "nothing");
                String other = others.getOrDefault(name, "nothing");
                boolean excused = MaskedFields.excuses(request + " " + name, one);
                if (!one.equals(other) && !excused) {
                    differences.add("%s %s: %s, not %s".formatted(request, name, other, one));
                }
            }
        });
        return differences;
    }

    private static Map<String, SortedMap<String, String>> answers(Subject subject) {
        var answers = new LinkedHashMap<String, SortedMap<String, String>>();
        try (var client = subject.connect()) {
            var topic = TopicCalls.create(client, Subject.freshName("sampled"), 1, Map.of());
            var samples = new RequestSamples(topic, Subject.freshName("sampled"));
            var further = new FurtherSamples(topic, samples.group());
            var names = new TreeMap<String, String>();
            names.put(topic.name(), "<topic>");
            names.put(samples.group(), "<group>");
            GroupCalls.coordinatorOf(client, samples.group());
            GroupCalls.coordinatorOf(client, "nowhere");
            IdempotenceContractEndToEnd.newProducerId(client);
            TransactionCalls.find(client, TransactionSamples.ID);
            TransactionCalls.find(client, "asked");
            for (int key : AdvertisedApis.ANSWERED) {
                ApiKeys api = ApiKeys.forId(key);
                for (int version = api.oldestVersion();
                        version <= api.latestVersion(false);
                        version++) {
                    // Decoding it fails when a byte is missing or left over.
                    ApiMessage answer = client.call(samples.of(api, version), version);
                    String request = api.name + " " + version;
                    answers.put(request, ResponseFields.of(answer, version, names));
                    for (var more : further.of(api, version).entrySet()) {
                        ApiMessage other = client.call(more.getValue(), version);
                        answers.put(
                                request + " " + more.getKey(),
                                ResponseFields.of(other, version, names));
                    }
                }
            }
        }
        return answers;
    }
}
