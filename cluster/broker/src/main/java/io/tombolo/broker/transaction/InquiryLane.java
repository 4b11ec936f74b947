package io.tombolo.broker.transaction;

import io.tombolo.broker.transaction.InquiryLanes.Asked;

import org.apache.kafka.common.TopicPartition;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The questions that wait for one broker. Mutable; owned by one loop. */
final class InquiryLane {

    private final ArrayDeque<Asked> waiting = new ArrayDeque<>();
    private int waitingPartitions;
    boolean underWay;

    boolean hasRoomFor(Asked asked) {
        return waiting.isEmpty()
                || waitingPartitions + asked.partitions() <= InquiryLanes.WAITING_MAX;
    }

    void add(Asked asked) {
        waiting.add(asked);
        waitingPartitions += asked.partitions();
    }

    /** What can go in one request; at least one question when any waits. */
    List<Asked> takeTogether() {
        var together = new ArrayList<Asked>();
        var contents = new Contents();
        while (!waiting.isEmpty() && contents.add(waiting.element().question())) {
            Asked next = waiting.remove();
            waitingPartitions -= next.partitions();
            together.add(next);
        }
        return together;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** A request names each transactional id once, with one producer, one wish, no one twice. */
    private static final class Contents {
        private final Map<String, Question> firstOf = new TreeMap<>();
        private final Set<Named> named = new HashSet<>();

        private record Named(String transactionalId, TopicPartition partition) {}

        /** Whether it fits, and is in it now. */
        boolean add(Question question) {
            Question first = firstOf.getOrDefault(question.transactionalId(), question);
            int count = named.size() + question.partitions().size();
            boolean room = named.isEmpty() || count <= InquiryLanes.TOGETHER_MAX;
            boolean alike =
                    first.producer().equals(question.producer())
                            && first.adding() == question.adding();
            List<Named> news =
                    question.partitions().stream()
                            .map(one -> new Named(question.transactionalId(), one))
                            .toList();
            if (!room || !alike || news.stream().anyMatch(named::contains)) {
                return false;
            }
            firstOf.put(question.transactionalId(), first);
            named.addAll(news);
            return true;
        }
    }
}
