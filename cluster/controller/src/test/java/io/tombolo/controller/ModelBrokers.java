package io.tombolo.controller;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What brokers would do with what the controller decides: processes that run, stop and lose the
 * tails of their logs; logs of record numbers; and which records were acknowledged.
 */
final class ModelBrokers {

    /** A process of a broker. */
    static final class Process {

        boolean up;
        long epoch = -1;
        long cleanEpoch = -1;
        int incarnation;
    }

    /**
     * What a leader knows of a follower.
     *
     * @param brokerEpoch under which it fetched
     */
    record Fetched(int leaderEpoch, long brokerEpoch, int length) {}

    final Map<Integer, Process> processes = new TreeMap<>();
    final Map<PartitionId, TreeSet<Integer>> acknowledged = new TreeMap<>();
    private final Map<PartitionId, Map<Integer, List<Integer>>> logs = new TreeMap<>();
    private final Map<PartitionId, Map<Integer, Fetched>> fetched = new HashMap<>();
    private final Random random;
    private int nextRecord;

    ModelBrokers(int count, Random random) {
        this.random = random;
        for (int broker = 1; broker <= count; broker++) {
            processes.put(broker, new Process());
        }
    }

    Process process(int broker) {
        return processes.get(broker);
    }

    List<Integer> log(PartitionId id, int broker) {
        return logs.computeIfAbsent(id, _ -> new TreeMap<>())
                .computeIfAbsent(broker, _ -> new ArrayList<>());
    }

    TreeSet<Integer> acknowledgedOf(PartitionId id) {
        return acknowledged.computeIfAbsent(id, _ -> new TreeSet<>());
    }

    void stopCleanly(int broker) {
        Process process = process(broker);
        process.up = false;
        process.cleanEpoch = process.epoch;
    }

    /** The process dies and every log loses a tail. */
    void stopUncleanly(int broker) {
        Process process = process(broker);
        process.up = false;
        process.cleanEpoch = -1;
        for (Map<Integer, List<Integer>> ofPartition : logs.values()) {
            List<Integer> log = ofPartition.getOrDefault(broker, new ArrayList<>());
            int kept = log.isEmpty() ? 0 : random.nextInt(log.size() + 1);
            log.subList(kept, log.size()).clear();
        }
    }

    /** Whether the leader of a partition runs, under the registration that the image has. */
    boolean serving(PartitionRegistration partition, MetadataImage image) {
        return partition.hasLeader() && serving(partition.leader(), image);
    }

    boolean serving(int broker, MetadataImage image) {
        Process process = process(broker);
        return process.up
                && image.brokers()
                        .broker(broker)
                        .filter(one -> one.brokerEpoch() == process.epoch && !one.fenced())
                        .isPresent();
    }

    /** A follower copies the log of its leader and drops what the leader does not have. */
    void fetch(PartitionId id, PartitionRegistration partition, int follower) {
        List<Integer> log = log(id, follower);
        log.clear();
        log.addAll(log(id, partition.leader()));
        fetched.computeIfAbsent(id, _ -> new HashMap<>())
                .put(
                        follower,
                        new Fetched(partition.leaderEpoch(), process(follower).epoch, log.size()));
    }

    /**
     * What the leader believes: under which broker epoch a follower has all; -1 when it has not.
     */
    long caughtUpUnder(PartitionId id, PartitionRegistration partition, int follower) {
        Fetched known = fetched.getOrDefault(id, Map.of()).get(follower);
        boolean all =
                known != null
                        && known.leaderEpoch() == partition.leaderEpoch()
                        && known.length() == log(id, partition.leader()).size();
        return all ? known.brokerEpoch() : -1;
    }

    /** A producer sends a record with acks=all; it is acknowledged if the rules are met. */
    void produce(PartitionId id, PartitionRegistration partition, MetadataImage image, int min) {
        int record = nextRecord++;
        log(id, partition.leader()).add(record);
        boolean everywhere = true;
        for (int member : partition.isr().asList()) {
            boolean reachable = serving(member, image);
            everywhere &= reachable;
            if (reachable && member != partition.leader()) {
                fetch(id, partition, member);
            }
        }
        if (everywhere && partition.isr().size() >= Math.min(min, partition.replicas().size())) {
            acknowledgedOf(id).add(record);
        }
    }

    /** What is not in the log of an uncleanly elected leader is lost, and was reported so. */
    void lossReported(PartitionId id, int leader) {
        acknowledgedOf(id).retainAll(log(id, leader));
    }

    /** The sole replica of a partition came back without its tail: nobody could have had more. */
    void soleReplicaReturned(PartitionId id, BrokerIds replicas) {
        acknowledgedOf(id).retainAll(log(id, replicas.at(0)));
    }
}
