package io.tombolo.broker.request.cluster;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.environment.Disk;
import io.tombolo.environment.Offload;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.LogDirectory;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.PartitionLog;

import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * DescribeLogDirs: what is in each directory, copies on their way to it included, and the room that
 * is left there.
 */
public final class DescribeLogDirsHandler implements RequestHandler<DescribeLogDirsRequestData> {

    private static final Logger LOG = LoggerFactory.getLogger(DescribeLogDirsHandler.class);
    private static final long UNKNOWN = -1;

    private final LogDirectories directories;
    private final Disk disk;
    private final Offload offload;

    public DescribeLogDirsHandler(LogDirectories directories, Disk disk, Offload offload) {
        this.directories = directories;
        this.disk = disk;
        this.offload = offload;
    }

    @Override
    public void handle(Exchange exchange, DescribeLogDirsRequestData body) {
        Wanted wanted = Wanted.of(body);
        offload.submit(
                directories.first().path().hashCode(),
                () -> results(wanted),
                exchange.loop(),
                outcome ->
                        exchange.answer(
                                switch (outcome) {
                                    case Offload.Outcome.Done<List<DescribeLogDirsResult>>(
                                                    var results) ->
                                            new DescribeLogDirsResponseData().setResults(results);
                                    case Offload.Outcome.Failed<List<DescribeLogDirsResult>> _ ->
                                            new DescribeLogDirsResponseData()
                                                    .setErrorCode(
                                                            Errors.UNKNOWN_SERVER_ERROR.code());
                                }));
    }

    /** Which partitions are asked for. */
    private record Wanted(boolean all, Map<String, Set<Integer>> partitions) {

        static Wanted of(DescribeLogDirsRequestData body) {
            var partitions = new HashMap<String, Set<Integer>>();
            if (body.topics() != null) {
                for (DescribableLogDirTopic topic : body.topics()) {
                    partitions.put(topic.topic(), new HashSet<>(topic.partitions()));
                }
            }
            return new Wanted(body.topics() == null, partitions);
        }

        boolean has(LogName name) {
            return all
                    || partitions.getOrDefault(name.topic(), Set.of()).contains(name.partition());
        }
    }

    private List<DescribeLogDirsResult> results(Wanted wanted) {
        var results = new ArrayList<DescribeLogDirsResult>();
        for (LogDirectory directory : directories.all()) {
            results.add(
                    directory.failure().isEmpty()
                            ? online(directory, wanted)
                            : offline(directory.path().toString()));
        }
        for (LogDirectories.Unopened unopened : directories.unopened()) {
            results.add(offline(unopened.path().toString()));
        }
        return results;
    }

    private static DescribeLogDirsResult offline(String path) {
        return new DescribeLogDirsResult()
                .setLogDir(path)
                .setErrorCode(Errors.KAFKA_STORAGE_ERROR.code())
                .setTotalBytes(UNKNOWN)
                .setUsableBytes(UNKNOWN);
    }

    private DescribeLogDirsResult online(LogDirectory directory, Wanted wanted) {
        var result = new DescribeLogDirsResult().setLogDir(directory.path().toString());
        try {
            result.setTotalBytes(disk.totalBytes(directory.path()))
                    .setUsableBytes(disk.usableBytes(directory.path()));
        } catch (IOException failure) {
            LOG.atWarn()
                    .addKeyValue("directory", directory.path())
                    .setCause(failure)
                    .log("A log directory does not tell its size and is described as offline");
            return offline(directory.path().toString());
        }
        var topics = new TreeMap<String, DescribeLogDirsTopic>();
        for (LogName name : directory.names()) {
            directory
                    .log(name)
                    .filter(_ -> wanted.has(name))
                    .ifPresent(log -> add(topics, name, described(log)));
        }
        for (LogName name : directory.futures()) {
            directory
                    .future(name)
                    .filter(_ -> wanted.has(name))
                    .ifPresent(copy -> add(topics, name, future(name, copy)));
        }
        result.topics().addAll(topics.values());
        return result;
    }

    private static void add(
            Map<String, DescribeLogDirsTopic> topics,
            LogName name,
            DescribeLogDirsPartition partition) {
        topics.computeIfAbsent(name.topic(), topic -> new DescribeLogDirsTopic().setName(topic))
                .partitions()
                .add(partition.setPartitionIndex(name.partition()));
    }

    private static DescribeLogDirsPartition described(PartitionLog log) {
        return new DescribeLogDirsPartition().setPartitionSize(log.sizeBytes());
    }

    /** How far a copy is behind its log. */
    private DescribeLogDirsPartition future(LogName name, PartitionLog copy) {
        long lag = 0;
        for (LogDirectory directory : directories.all()) {
            long end = directory.log(name).map(PartitionLog::endOffset).orElse(0L);
            lag = Math.max(lag, end - copy.endOffset());
        }
        return described(copy).setIsFutureKey(true).setOffsetLag(lag);
    }
}
