package io.tombolo.broker.request.transaction;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Gathering;
import io.tombolo.coordinator.transaction.ProducerIdentity;
import io.tombolo.coordinator.transaction.TouchedPartitions;
import io.tombolo.coordinator.transaction.TransactionCommand.Verified;
import io.tombolo.coordinator.transaction.entry.TransactionCoordinator;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnPartitionResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResultCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnTopicResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * AddPartitionsToTxn: of a client for one transaction up to v3; of brokers for many from v4 on,
 * which add on behalf of a client, or only ask (KIP-890).
 */
final class AddPartitionsToTxnHandler implements RequestHandler<AddPartitionsToTxnRequestData> {

    private static final short FIRST_WITH_MANY = 4;
    private static final short FIRST_WITH_FENCED = 2;

    private final Images images;
    private final TransactionCoordinator coordinator;

    AddPartitionsToTxnHandler(Images images, TransactionCoordinator coordinator) {
        this.images = images;
        this.coordinator = coordinator;
    }

    @Override
    public void handle(Exchange exchange, AddPartitionsToTxnRequestData body) {
        if (exchange.version() >= FIRST_WITH_MANY) {
            handleMany(exchange, body);
            return;
        }
        var transaction =
                new AddPartitionsToTxnTransaction()
                        .setTransactionalId(body.v3AndBelowTransactionalId())
                        .setProducerId(body.v3AndBelowProducerId())
                        .setProducerEpoch(body.v3AndBelowProducerEpoch())
                        .setTopics(body.v3AndBelowTopics());
        boolean old = exchange.version() < FIRST_WITH_FENCED;
        add(
                exchange.loop(),
                transaction,
                TransactionCoordinator.KEEPING,
                topics ->
                        exchange.answer(
                                new AddPartitionsToTxnResponseData()
                                        .setResultsByTopicV3AndBelow(topics)),
                error ->
                        old && error == Errors.PRODUCER_FENCED
                                ? Errors.INVALID_PRODUCER_EPOCH
                                : error);
    }

    private void handleMany(Exchange exchange, AddPartitionsToTxnRequestData body) {
        if (body.transactions().isEmpty()) {
            exchange.answer(new AddPartitionsToTxnResponseData());
            return;
        }
        var gathering =
                new Gathering<AddPartitionsToTxnResult>(
                        body.transactions().size(),
                        results ->
                                exchange.answer(
                                        new AddPartitionsToTxnResponseData()
                                                .setResultsByTransaction(collected(results))));
        int index = 0;
        for (AddPartitionsToTxnTransaction transaction : body.transactions()) {
            int place = index++;
            Consumer<AddPartitionsToTxnTopicResultCollection> fill =
                    topics ->
                            gathering.fill(
                                    place,
                                    new AddPartitionsToTxnResult()
                                            .setTransactionalId(transaction.transactionalId())
                                            .setTopicResults(topics));
            if (transaction.verifyOnly()) {
                verify(exchange.loop(), transaction, fill);
            } else {
                add(
                        exchange.loop(),
                        transaction,
                        TransactionCoordinator.RAISING,
                        fill,
                        error -> error);
            }
        }
    }

    private static AddPartitionsToTxnResultCollection collected(
            List<AddPartitionsToTxnResult> results) {
        var collection = new AddPartitionsToTxnResultCollection();
        results.forEach(collection::add);
        return collection;
    }

    private void verify(
            EventLoop loop,
            AddPartitionsToTxnTransaction transaction,
            Consumer<AddPartitionsToTxnTopicResultCollection> answer) {
        Consumer<Verified> told =
                verified ->
                        answer.accept(
                                results(
                                        transaction.topics(),
                                        one -> TransactionCoordinator.errorOf(verified, one)));
        coordinator.verify(
                loop,
                transaction.transactionalId(),
                producerOf(transaction),
                TouchedPartitions.of(partitionsOf(transaction.topics())),
                told);
    }

    /** All of them, or none when one of them does not exist. */
    private void add(
            EventLoop loop,
            AddPartitionsToTxnTransaction transaction,
            short protocol,
            Consumer<AddPartitionsToTxnTopicResultCollection> answer,
            Function<Errors, Errors> inItsWords) {
        MetadataImage image = images.current();
        List<TopicPartition> wanted = partitionsOf(transaction.topics());
        if (!wanted.stream().allMatch(one -> exists(image, one))) {
            answer.accept(
                    results(
                            transaction.topics(),
                            one ->
                                    exists(image, one)
                                            ? Errors.OPERATION_NOT_ATTEMPTED
                                            : Errors.UNKNOWN_TOPIC_OR_PARTITION));
            return;
        }
        coordinator.add(
                loop,
                transaction.transactionalId(),
                producerOf(transaction),
                TouchedPartitions.of(wanted),
                protocol,
                error ->
                        answer.accept(results(transaction.topics(), _ -> inItsWords.apply(error))));
    }

    private static ProducerIdentity producerOf(AddPartitionsToTxnTransaction transaction) {
        return new ProducerIdentity(transaction.producerId(), transaction.producerEpoch());
    }

    private static boolean exists(MetadataImage image, TopicPartition partition) {
        return image.topics()
                .topic(partition.topic())
                .map(TopicImage::partitions)
                .filter(partitions -> partition.partition() >= 0)
                .filter(partitions -> partition.partition() < partitions.count())
                .isPresent();
    }

    private static List<TopicPartition> partitionsOf(AddPartitionsToTxnTopicCollection topics) {
        var partitions = new ArrayList<TopicPartition>();
        for (AddPartitionsToTxnTopic topic : topics) {
            for (int partition : topic.partitions()) {
                partitions.add(new TopicPartition(topic.name(), partition));
            }
        }
        return partitions;
    }

    private static AddPartitionsToTxnTopicResultCollection results(
            AddPartitionsToTxnTopicCollection topics, Function<TopicPartition, Errors> errorOf) {
        var results = new AddPartitionsToTxnTopicResultCollection();
        for (AddPartitionsToTxnTopic topic : topics) {
            var result = new AddPartitionsToTxnTopicResult().setName(topic.name());
            for (int partition : topic.partitions()) {
                Errors error = errorOf.apply(new TopicPartition(topic.name(), partition));
                result.resultsByPartition()
                        .add(
                                new AddPartitionsToTxnPartitionResult()
                                        .setPartitionIndex(partition)
                                        .setPartitionErrorCode(error.code()));
            }
            results.add(result);
        }
        return results;
    }
}
