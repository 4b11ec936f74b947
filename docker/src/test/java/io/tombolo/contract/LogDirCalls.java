package io.tombolo.contract;

import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.List;

/** Questions on folders and the logs in them. */
final class LogDirCalls {

    private LogDirCalls() {}

    /** Wishes the only replica of a topic to be in a folder of the broker that is asked. */
    static Errors alter(RawClient client, Topic topic, String folder) {
        AlterReplicaLogDirsResponseData answer = client.call(wish(topic, folder), 2);
        return Errors.forCode(answer.results().getFirst().partitions().getFirst().errorCode());
    }

    static AlterReplicaLogDirsRequestData wish(Topic topic, String folder) {
        var topics = new AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopicCollection();
        topics.add(
                new AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic()
                        .setName(topic.name())
                        .setPartitions(List.of(0)));
        var request = new AlterReplicaLogDirsRequestData();
        request.dirs()
                .add(
                        new AlterReplicaLogDirsRequestData.AlterReplicaLogDir()
                                .setPath(folder)
                                .setTopics(topics));
        return request;
    }

    /** Where the log of a topic is. */
    static String folderOf(RawClient client, Topic topic) {
        return describe(client, topic).results().stream()
                .filter(dir ->
                        dir.topics().stream()
                                .anyMatch(it -> !it.partitions().getFirst().isFutureKey()))
                .map(DescribeLogDirsResponseData.DescribeLogDirsResult::logDir)
                .findFirst()
                .orElseThrow();
    }

    /** All folders of the broker that is asked, and what of a topic is in each. */
    static DescribeLogDirsResponseData describe(RawClient client, Topic topic) {
        return client.call(question(topic), 4);
    }

    static DescribeLogDirsRequestData question(Topic topic) {
        var wanted =
                new DescribeLogDirsRequestData.DescribableLogDirTopic()
                        .setTopic(topic.name())
                        .setPartitions(List.of(0));
        var request = new DescribeLogDirsRequestData();
        request.setTopics(new DescribeLogDirsRequestData.DescribableLogDirTopicCollection());
        request.topics().add(wanted);
        return request;
    }
}
