package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every version of every API that we answer: one request of each, and the same errors back. */
@ExtendWith(BothSubjects.class)
class EveryVersionEndToEnd {

    private static final Pattern ERROR_CODE = Pattern.compile("\\b[eE]rrorCode=(-?\\d+)");

    @Test
    @DisplayName("every version of every API is answered alike")
    void everyVersionIsAnsweredAlike(Subjects.Running running) {
        Map<String, List<Errors>> first = null;
        for (Subject subject : running.subjects()) {
            Map<String, List<Errors>> answered = answers(subject);
            if (first == null) {
                first = answered;
            }
            assertThat(answered).isEqualTo(first);
        }
    }

    /** The errors of each response, sorted: the order of topics and partitions is nobody's. */
    private static Map<String, List<Errors>> answers(Subject subject) {
        var answers = new TreeMap<String, List<Errors>>();
        try (var client = subject.connect()) {
            var topic = TopicCalls.create(client, Subject.freshName("sampled"), 1, Map.of());
            var samples = new RequestSamples(topic, Subject.freshName("sampled"));
            GroupCalls.coordinatorOf(client, samples.group());
            GroupCalls.coordinatorOf(client, "nowhere");
            IdempotenceContractEndToEnd.newProducerId(client);
            for (int key : AdvertisedApis.ANSWERED) {
                ApiKeys api = ApiKeys.forId(key);
                for (int version = api.oldestVersion();
                        version <= api.latestVersion(false);
                        version++) {
                    // Decoding it fails when a byte is missing or left over.
                    ApiMessage answer = client.call(samples.of(api, version), version);
                    answers.put(api.name + " " + version, errors(answer));
                }
            }
        }
        return answers;
    }

    private static List<Errors> errors(ApiMessage answer) {
        var errors = new ArrayList<Errors>();
        Matcher matcher = ERROR_CODE.matcher(answer.toString());
        while (matcher.find()) {
            errors.add(Errors.forCode(Short.parseShort(matcher.group(1))));
        }
        errors.sort(null);
        return errors;
    }
}
