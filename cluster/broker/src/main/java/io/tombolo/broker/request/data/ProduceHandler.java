package io.tombolo.broker.request.data;

import io.tombolo.broker.Images;
import io.tombolo.broker.quota.ClientQuotas;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Gathering;
import io.tombolo.broker.shard.Shard;
import io.tombolo.broker.shard.Shards;
import io.tombolo.broker.transaction.Company;
import io.tombolo.broker.transaction.TransactionGate;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.protocol.RecordBytes;
import io.tombolo.replication.LeaderHint;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Produce;
import io.tombolo.replication.ProduceOutcome;
import io.tombolo.replication.transaction.TransactionAdmission;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.ProduceResponseData.NodeEndpoint;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Produce: each partition's batches go to the shard that owns it; the answer waits for all. */
public final class ProduceHandler implements RequestHandler<ProduceRequestData> {

    private static final Logger LOG = LoggerFactory.getLogger(ProduceHandler.class);
    private static final short FIRST_WITH_HINTS = 10;
    private static final short FIRST_WITH_TOPIC_IDS = 13;

    private final Images images;
    private final Shards shards;
    private final LeaderHints hints;
    private final TransactionGate gate;
    private final AwayTopics away;
    private final ClientQuotas quotas;

    public ProduceHandler(
            Images images,
            LeaderHints hints,
            Shards shards,
            TransactionGate gate,
            AwayTopics away,
            ClientQuotas quotas) {
        this.gate = gate;
        this.away = away;
        this.images = images;
        this.shards = shards;
        this.hints = hints;
        this.quotas = quotas;
    }

    @Override
    public void handle(Exchange exchange, ProduceRequestData body) {
        var wishes = wishes(exchange, body);
        if (wishes.isEmpty()) {
            finish(exchange, body, wishes, List.of());
            return;
        }
        var gathering =
                new Gathering<ProduceOutcome>(
                        wishes.size(), outcomes -> finish(exchange, body, wishes, outcomes));
        Company company = companyOf(exchange, wishes);
        for (int index = 0; index < wishes.size(); index++) {
            int place = index;
            Wish wish = wishes.get(index);
            Consumer<ProduceOutcome> fill =
                    outcome -> Shards.run(exchange.loop(), () -> gathering.fill(place, outcome));
            switch (wish) {
                case Refused(ProduceOutcome outcome) -> gathering.fill(place, outcome);
                case Append(TopicIdPartition id, Produce produce) -> append(id, produce, fill);
                case Transact transact -> admit(transact, company, fill);
            }
        }
    }

    private Company companyOf(Exchange exchange, List<Wish> wishes) {
        int members = 0;
        for (Wish wish : wishes) {
            members += wish instanceof Transact ? 1 : 0;
        }
        return gate.company(members, exchange.loop());
    }

    private void append(TopicIdPartition id, Produce produce, Consumer<ProduceOutcome> fill) {
        Shard shard = shards.ownerOf(id);
        Shards.run(shard.loop(), () -> append(shard.find(id), produce, fill));
    }

    /** What belongs to a transaction waits until its coordinator has heard of the partition. */
    private void admit(Transact transact, Company company, Consumer<ProduceOutcome> fill) {
        TopicIdPartition id = transact.id();
        Produce produce = transact.produce();
        var wish =
                new TransactionGate.Wish(
                        company,
                        transact.transactionalId(),
                        transact.producer().id(),
                        transact.producer().epoch(),
                        id,
                        TransactionGate.Speech.ofProduce(produce.version()));
        gate.admit(
                wish,
                permit -> {
                    if (permit.error() == Errors.NONE) {
                        Partition partition = shards.ownerOf(id).find(id);
                        append(partition, produce.with(permit.verification()), fill);
                    } else {
                        fill.accept(
                                ProduceOutcome.refused(
                                        permit.error(),
                                        "the transaction of producer %d could not be verified"
                                                .formatted(wish.producerId())));
                    }
                });
    }

    /**
     * A mistake of ours is an answer too: the frame must stay until every partition has given one,
     * because the batches are read from it.
     */
    private static void append(
            @Nullable Partition partition, Produce produce, Consumer<ProduceOutcome> fill) {
        if (partition == null) {
            fill.accept(ProduceOutcome.refused(Errors.NOT_LEADER_OR_FOLLOWER, ""));
            return;
        }
        try {
            partition.produce(produce, fill);
        } catch (RuntimeException mistake) {
            LOG.atError()
                    .addKeyValue("partition", partition.id().topicPartition())
                    .setCause(mistake)
                    .log("A produce failed");
            fill.accept(
                    ProduceOutcome.refused(
                            Errors.UNKNOWN_SERVER_ERROR, "the broker made a mistake; see its log"));
        }
    }

    private List<Wish> wishes(Exchange exchange, ProduceRequestData body) {
        MetadataImage image = images.current();
        Optional<ProduceOutcome> refusal = refusalOfAll(body);
        long timeoutNanos = TimeUnit.MILLISECONDS.toNanos(Math.max(0, body.timeoutMs()));
        var wishes = new ArrayList<Wish>();
        for (TopicProduceData topic : body.topicData()) {
            Optional<TopicImage> known = topicOf(image, topic, exchange.version());
            boolean led = known.filter(one -> away.away(exchange, one.name())).isEmpty();
            for (PartitionProduceData partition : topic.partitionData()) {
                if (refusal.isPresent()) {
                    wishes.add(new Refused(refusal.get()));
                } else if (known.isEmpty()
                        || partition.index() < 0
                        || partition.index() >= known.get().partitions().count()) {
                    wishes.add(new Refused(unknown(known, exchange.version())));
                } else if (!led) {
                    wishes.add(
                            new Refused(ProduceOutcome.refused(Errors.NOT_LEADER_OR_FOLLOWER, "")));
                } else {
                    wishes.add(
                            wish(
                                    new TopicIdPartition(
                                            known.get().id(),
                                            partition.index(),
                                            known.get().name()),
                                    body.transactionalId(),
                                    new Produce(
                                            RecordBytes.of(partition),
                                            body.acks(),
                                            timeoutNanos,
                                            exchange.version())));
                }
            }
        }
        return wishes;
    }

    private static Wish wish(
            TopicIdPartition id, @Nullable String transactionalId, Produce produce) {
        var producer = TransactionAdmission.producerOf(produce.batches());
        return transactionalId == null || producer.isEmpty()
                ? new Append(id, produce)
                : new Transact(id, produce, transactionalId, producer.get());
    }

    private static Optional<ProduceOutcome> refusalOfAll(ProduceRequestData body) {
        if (body.acks() < -1 || body.acks() > 1) {
            return Optional.of(
                    ProduceOutcome.refused(
                            Errors.INVALID_REQUIRED_ACKS,
                            "acks is %d, not 0, 1 or -1".formatted(body.acks())));
        }
        return Optional.empty();
    }

    private static Optional<TopicImage> topicOf(
            MetadataImage image, TopicProduceData topic, short version) {
        return version >= FIRST_WITH_TOPIC_IDS
                ? image.topics().topic(topic.topicId())
                : image.topics().topic(topic.name());
    }

    private static ProduceOutcome unknown(Optional<TopicImage> topic, short version) {
        boolean idUnknown = topic.isEmpty() && version >= FIRST_WITH_TOPIC_IDS;
        return ProduceOutcome.refused(
                idUnknown ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION, "");
    }

    private void finish(
            Exchange exchange,
            ProduceRequestData body,
            List<Wish> wishes,
            List<ProduceOutcome> outcomes) {
        int throttleTimeMs = quotas.produced(exchange.request().clientId(), bytesOf(body));
        exchange.mute(throttleTimeMs);
        if (body.acks() == 0) {
            finishWithoutAnswer(exchange, outcomes);
            return;
        }
        var response = new ProduceResponseData().setThrottleTimeMs(throttleTimeMs);
        LeaderHints told = exchange.version() < FIRST_WITH_HINTS ? LeaderHints.NONE : hints;
        int place = 0;
        boolean inDoubt = false;
        for (TopicProduceData topic : body.topicData()) {
            var answered = new TopicProduceResponse().setName(topic.name());
            answered.setTopicId(topic.topicId() == null ? Uuid.ZERO_UUID : topic.topicId());
            for (PartitionProduceData partition : topic.partitionData()) {
                ProduceOutcome outcome = settled(exchange, wishes.get(place), outcomes.get(place));
                PartitionProduceResponse part = response(partition.index(), outcome);
                inDoubt |= outcome.inDoubt();
                if (wishes.get(place) instanceof Writing writing) {
                    LeaderHint hint = told.of(writing.id(), outcome.error(), outcome.leader());
                    addHint(response, part, hint);
                }
                answered.partitionResponses().add(part);
                place++;
            }
            response.responses().add(answered);
        }
        if (inDoubt) {
            // The client would go on asking this broker who leads, as the one with the least to do.
            exchange.answerAndLeave(response, "this broker cannot tell whether it still leads");
        } else {
            exchange.answer(response);
        }
    }

    private static long bytesOf(ProduceRequestData body) {
        long bytes = 0;
        for (TopicProduceData topic : body.topicData()) {
            for (PartitionProduceData partition : topic.partitionData()) {
                bytes += RecordBytes.of(partition).remaining();
            }
        }
        return bytes;
    }

    /** Clients give up at a refusal because of the owner, which must not be of the one before. */
    private ProduceOutcome settled(Exchange exchange, Wish wish, ProduceOutcome outcome) {
        return outcome.error() == Errors.POLICY_VIOLATION
                        && wish instanceof Writing writing
                        && away.passing(exchange, writing.id().topic())
                ? ProduceOutcome.refused(Errors.NOT_LEADER_OR_FOLLOWER, "")
                : outcome;
    }

    /** KIP-951: who asks the wrong broker is told the right one. */
    private void addHint(
            ProduceResponseData response, PartitionProduceResponse part, LeaderHint hint) {
        if (hint.equals(LeaderHint.NONE)) {
            return;
        }
        part.setCurrentLeader(
                new LeaderIdAndEpoch()
                        .setLeaderId(hint.leaderId())
                        .setLeaderEpoch(hint.leaderEpoch()));
        hints.address(hint)
                .filter(_ -> response.nodeEndpoints().find(hint.leaderId()) == null)
                .ifPresent(broker ->
                        response.nodeEndpoints()
                                .add(
                                        new NodeEndpoint()
                                                .setNodeId(broker.brokerId())
                                                .setHost(broker.host())
                                                .setPort(broker.port())
                                                .setRack(broker.rackOrNull())));
    }

    /** With acks=0 the only way to tell of an error is to close the connection, as Kafka does. */
    private static void finishWithoutAnswer(Exchange exchange, List<ProduceOutcome> outcomes) {
        for (ProduceOutcome outcome : outcomes) {
            if (outcome.error() != Errors.NONE) {
                exchange.close("a produce with acks=0 failed: " + outcome.error());
                return;
            }
        }
        exchange.answerNothing();
    }

    private static PartitionProduceResponse response(int index, ProduceOutcome outcome) {
        var response =
                new PartitionProduceResponse()
                        .setIndex(index)
                        .setErrorCode(outcome.error().code())
                        .setBaseOffset(outcome.baseOffset())
                        .setLogAppendTimeMs(outcome.logAppendTimeMs())
                        .setLogStartOffset(outcome.logStartOffset());
        if (!outcome.message().isEmpty()) {
            response.setErrorMessage(outcome.message());
        }
        outcome.recordErrors()
                .forEach(error ->
                        response.recordErrors()
                                .add(
                                        new BatchIndexAndErrorMessage()
                                                .setBatchIndex(error.batchIndex())
                                                .setBatchIndexErrorMessage(error.message())));
        return response;
    }

    /** What is to be done for one partition. */
    private sealed interface Wish {}

    private record Refused(ProduceOutcome outcome) implements Wish {}

    private sealed interface Writing extends Wish {
        TopicIdPartition id();
    }

    private record Append(TopicIdPartition id, Produce produce) implements Writing {}

    /** Records of a transaction. */
    private record Transact(
            TopicIdPartition id,
            Produce produce,
            String transactionalId,
            TransactionAdmission.Producer producer)
            implements Writing {}
}
