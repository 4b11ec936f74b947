package io.tombolo.cli.plan;

import io.tombolo.region.link.NameFilter;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * What a link may do at a cluster that has rules of its own. What the rules hide from it is found
 * where the file names it, not where a pattern would choose it.
 *
 * @param readable topics that the link may copy
 * @param unreadable topics that it may not
 * @param opaque topics whose configs it is not told
 * @param unfollowed groups whose positions it is not told
 */
record SourceRights(
        SortedSet<String> readable,
        SortedSet<String> unreadable,
        SortedSet<String> opaque,
        SortedSet<String> unfollowed) {

    /**
     * Asks the cluster, as the link.
     *
     * @throws ExecutionException when the cluster does not tell
     */
    static SourceRights ask(Admin admin, NameFilter topics, NameFilter groups, long timeoutMs)
            throws ExecutionException, InterruptedException, TimeoutException {
        var rights =
                new SourceRights(
                        new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        var names = new TreeSet<>(named(topics));
        admin.listTopics().names().get(timeoutMs, TimeUnit.MILLISECONDS).stream()
                .filter(topics::includes)
                .forEach(names::add);
        var options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        Map<String, KafkaFuture<TopicDescription>> described =
                admin.describeTopics(names, options).topicNameValues();
        for (var one : described.entrySet()) {
            rights.take(one.getKey(), one.getValue(), timeoutMs);
        }
        var positions = new HashMap<String, KafkaFuture<?>>();
        named(groups)
                .forEach(group ->
                        positions.put(
                                group,
                                admin.listConsumerGroupOffsets(group)
                                        .partitionsToOffsetAndMetadata(group)));
        for (var one : positions.entrySet()) {
            if (denied(one.getValue(), GroupAuthorizationException.class, timeoutMs)) {
                rights.unfollowed.add(one.getKey());
            }
        }
        return rights;
    }

    private static List<String> named(NameFilter filter) {
        return filter.patterns().stream()
                .filter(pattern -> !pattern.startsWith("!") && !pattern.contains("*"))
                .filter(filter::includes)
                .toList();
    }

    private void take(String topic, KafkaFuture<TopicDescription> described, long timeoutMs)
            throws InterruptedException, TimeoutException {
        if (denied(described, TopicAuthorizationException.class, timeoutMs)) {
            unreadable.add(topic);
        } else if (!described.isCompletedExceptionally()) {
            take(topic, described.resultNow());
        }
    }

    private void take(String topic, TopicDescription described) {
        var allowed = described.authorizedOperations();
        if (allowed == null) {
            return; // an older Kafka does not tell
        }
        boolean mayRead = allowed.contains(AclOperation.READ);
        (mayRead ? readable : unreadable).add(topic);
        if (mayRead && !allowed.contains(AclOperation.DESCRIBE_CONFIGS)) {
            opaque.add(topic);
        }
    }

    /** Whether it was refused so; another failure says nothing about rights. */
    private static boolean denied(
            KafkaFuture<?> answer, Class<? extends Exception> refusal, long timeoutMs)
            throws InterruptedException, TimeoutException {
        try {
            answer.get(timeoutMs, TimeUnit.MILLISECONDS);
            return false;
        } catch (ExecutionException failure) {
            return refusal.isInstance(failure.getCause());
        }
    }

    /** Whether there is something to copy, and the link may copy nothing of it. */
    boolean none() {
        return readable.isEmpty() && !unreadable.isEmpty();
    }

    /** What is missing, for people; each with the rights that mend it. */
    Stream<Missing> missing() {
        return Stream.of(
                        new Missing(
                                unreadable, "not allowed to read", "READ and DESCRIBE of topic"),
                        new Missing(opaque, "not told the configs of", "DESCRIBE_CONFIGS of topic"),
                        new Missing(unfollowed, "not told the positions of", "DESCRIBE of group"))
                .filter(one -> !one.names().isEmpty());
    }

    /**
     * Rights that are missing for some names.
     *
     * @param seen what the names stand behind
     * @param rights what the first name stands behind
     */
    record Missing(SortedSet<String> names, String seen, String rights) {

        private static final int SHOWN_MAX = 5;

        String text() {
            return "%s %s%s"
                    .formatted(
                            seen,
                            String.join(", ", names.stream().limit(SHOWN_MAX).toList()),
                            names.size() > SHOWN_MAX
                                    ? " and %d more".formatted(names.size() - SHOWN_MAX)
                                    : "");
        }

        String fix() {
            return "allow %s %s%s"
                    .formatted(rights, names.first(), names.size() > 1 ? " and the others" : "");
        }
    }
}
