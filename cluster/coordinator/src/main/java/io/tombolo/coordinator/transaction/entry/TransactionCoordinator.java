package io.tombolo.coordinator.transaction.entry;

import io.tombolo.coordinator.runtime.CoordinatorRuntime;
import io.tombolo.coordinator.runtime.Reply;
import io.tombolo.coordinator.runtime.SpreadRuntime;
import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.runtime.Ticket;
import io.tombolo.coordinator.transaction.CommitCheck;
import io.tombolo.coordinator.transaction.ProducerAnswer;
import io.tombolo.coordinator.transaction.ProducerIdentity;
import io.tombolo.coordinator.transaction.TouchedPartitions;
import io.tombolo.coordinator.transaction.TransactionCommand;
import io.tombolo.coordinator.transaction.TransactionCommand.AddPartitions;
import io.tombolo.coordinator.transaction.TransactionCommand.Ending;
import io.tombolo.coordinator.transaction.TransactionCommand.MarkersWritten;
import io.tombolo.coordinator.transaction.TransactionCommand.Verified;
import io.tombolo.coordinator.transaction.TransactionCommand.Verify;
import io.tombolo.coordinator.transaction.TransactionEvent;
import io.tombolo.coordinator.transaction.TransactionMachine;
import io.tombolo.coordinator.transaction.TransactionSettings;
import io.tombolo.coordinator.transaction.TransactionsState;
import io.tombolo.environment.EventLoop;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Transactions as the broker sees them. Callable on any loop; every answer is given exactly once,
 * on the loop of whoever asks, perhaps before the call returns.
 *
 * <p>The broker tells this class which partitions of {@code __transaction_state} it leads and how
 * far they are committed; for any other partition clients are answered {@code NOT_COORDINATOR}.
 */
public final class TransactionCoordinator {

    /** The protocol in which every end of a transaction raises the producer's epoch (KIP-890). */
    public static final short RAISING = 2;

    /** The protocol in which a producer keeps its epoch. */
    public static final short KEEPING = 0;

    /** The first EndTxn whose end raises the producer's epoch (KIP-890). */
    private static final short FIRST_RAISING_END = 5;

    private static final short FIRST_END_WITH_FENCED = 2;
    private static final short FIRST_BEGINNING_WITH_FENCED = 4;

    private final TransactionSettings settings;
    private final TransactionPorts ports;
    private final SpreadRuntime<TransactionsState, TransactionCommand, TransactionEvent> partitions;
    private final TransactionQuestions questions;

    /** Leads nothing until {@link #lead}. */
    public TransactionCoordinator(TransactionSettings settings, TransactionPorts ports) {
        this(settings, ports, new TransactionMachine(settings));
    }

    /**
     * @param machine another one in tests, which show what its mistakes lead to
     */
    public TransactionCoordinator(
            TransactionSettings settings,
            TransactionPorts ports,
            StateMachine<TransactionsState, TransactionCommand, TransactionEvent> machine) {
        this.settings = settings;
        this.ports = ports;
        this.partitions =
                new SpreadRuntime<>(
                        settings.partitionCount(),
                        ports.loops(),
                        ports.ownerOf(),
                        loop ->
                                new CoordinatorRuntime<>(
                                        loop,
                                        ports.clock(),
                                        ports.log(),
                                        machine,
                                        ports.listener(),
                                        settings.runtime()));
        this.questions = new TransactionQuestions(partitions, ports.clock());
    }

    /** The partition of {@code __transaction_state} that an id lives on, as Kafka computes it. */
    public int partitionOf(String transactionalId) {
        return partitions.of(transactionalId);
    }

    /** DescribeTransactions and ListTransactions. */
    public TransactionQuestions questions() {
        return questions;
    }

    /**
     * This broker leads a partition of {@code __transaction_state} from now on, in this epoch. An
     * older or repeated epoch changes nothing.
     */
    public void lead(int partition, int leaderEpoch) {
        partitions.on(partition, runtime -> runtime.lead(partition, leaderEpoch));
    }

    /** This broker does not lead the partition any more; every waiting client is told. */
    public void resign(int partition) {
        partitions.on(partition, runtime -> runtime.resign(partition));
    }

    /** The high watermark of a partition is now at least this; cheap, call it at each move. */
    public void highWatermarkMoved(int partition, long highWatermark) {
        partitions.on(partition, runtime -> runtime.highWatermarkMoved(partition, highWatermark));
    }

    // ---- what producers ask ----

    /** InitProducerId with a transactional id. */
    public void initialize(
            Asking asking,
            InitProducerIdRequestData request,
            Consumer<InitProducerIdResponseData> answer) {
        Errors refusal = refusalOf(request);
        if (refusal != Errors.NONE) {
            answer.accept(begun(new ProducerAnswer.Refused(refusal), asking.apiVersion()));
            return;
        }
        var expected = new ProducerIdentity(request.producerId(), request.producerEpoch());
        asProducer(
                asking.loop(),
                request.transactionalId(),
                (spare, ticket) ->
                        new TransactionCommand.Initialize(
                                request.transactionalId(),
                                request.transactionTimeoutMs(),
                                expected,
                                spare,
                                ticket),
                outcome -> answer.accept(begun(outcome, asking.apiVersion())));
    }

    private Errors refusalOf(InitProducerIdRequestData request) {
        if (request.transactionalId().isEmpty()) {
            return Errors.INVALID_REQUEST;
        }
        if ((request.producerId() < 0) != (request.producerEpoch() < 0)) {
            return Errors.INVALID_REQUEST;
        }
        return settings.allowsTimeout(request.transactionTimeoutMs())
                ? Errors.NONE
                : Errors.INVALID_TRANSACTION_TIMEOUT;
    }

    private static InitProducerIdResponseData begun(ProducerAnswer outcome, short version) {
        return switch (outcome) {
            case ProducerAnswer.Granted(ProducerIdentity producer) ->
                    new InitProducerIdResponseData()
                            .setProducerId(producer.id())
                            .setProducerEpoch(producer.epoch());
            case ProducerAnswer.Refused(Errors error) ->
                    new InitProducerIdResponseData()
                            .setErrorCode(
                                    fenced(error, version >= FIRST_BEGINNING_WITH_FENCED).code())
                            .setProducerId(-1)
                            .setProducerEpoch((short) -1);
            case ProducerAnswer.ProducerIdWanted _ ->
                    throw new IllegalStateException("a producer id was given and not used");
        };
    }

    /** Clients of before KIP-360 know only one error for being fenced. */
    private static Errors fenced(Errors error, boolean known) {
        return error == Errors.PRODUCER_FENCED && !known ? Errors.INVALID_PRODUCER_EPOCH : error;
    }

    /**
     * Adds partitions to a transaction: all, or none when the answer is not NONE.
     *
     * @param protocol {@link #RAISING} or {@link #KEEPING}
     */
    public void add(
            EventLoop loop,
            String transactionalId,
            ProducerIdentity producer,
            TouchedPartitions touched,
            short protocol,
            Consumer<Errors> answer) {
        if (transactionalId.isEmpty()) {
            answer.accept(Errors.INVALID_REQUEST);
            return;
        }
        partitions.<Errors>write(
                partitions.of(transactionalId),
                loop,
                ticket -> new AddPartitions(transactionalId, producer, touched, protocol, ticket),
                Reply.of(answer, error -> error));
    }

    /** Which of these partitions are part of the producer's open transaction. */
    public void verify(
            EventLoop loop,
            String transactionalId,
            ProducerIdentity producer,
            TouchedPartitions touched,
            Consumer<Verified> answer) {
        partitions.<Verified>write(
                partitions.of(transactionalId),
                loop,
                ticket -> new Verify(transactionalId, producer, touched, ticket),
                Reply.of(answer, error -> new Verified(error, TouchedPartitions.NONE)));
    }

    /** What a verification says of one partition. */
    public static Errors errorOf(Verified verified, TopicPartition partition) {
        if (verified.error() != Errors.NONE) {
            return verified.error();
        }
        return verified.added().contains(partition.topic(), partition.partition())
                ? Errors.NONE
                : Errors.TRANSACTION_ABORTABLE;
    }

    /**
     * EndTxn.
     *
     * @param check what a commit has to pass
     */
    public void end(
            Asking asking,
            EndTxnRequestData request,
            CommitCheck check,
            Consumer<EndTxnResponseData> answer) {
        if (request.transactionalId().isEmpty()) {
            answer.accept(new EndTxnResponseData().setErrorCode(Errors.INVALID_REQUEST.code()));
            return;
        }
        var producer = new ProducerIdentity(request.producerId(), request.producerEpoch());
        var ending =
                new Ending(request.committed(), asking.apiVersion() >= FIRST_RAISING_END, check);
        asProducer(
                asking.loop(),
                request.transactionalId(),
                (spare, ticket) ->
                        new TransactionCommand.End(
                                request.transactionalId(), producer, ending, spare, ticket),
                outcome -> answer.accept(ended(outcome, asking.apiVersion())));
    }

    private static EndTxnResponseData ended(ProducerAnswer outcome, short version) {
        return switch (outcome) {
            case ProducerAnswer.Granted _ when version < FIRST_RAISING_END ->
                    new EndTxnResponseData();
            case ProducerAnswer.Granted(ProducerIdentity producer) ->
                    new EndTxnResponseData()
                            .setProducerId(producer.id())
                            .setProducerEpoch(producer.epoch());
            case ProducerAnswer.Refused(Errors error) ->
                    new EndTxnResponseData()
                            .setErrorCode(fenced(error, version >= FIRST_END_WITH_FENCED).code());
            case ProducerAnswer.ProducerIdWanted _ ->
                    throw new IllegalStateException("a producer id was given and not used");
        };
    }

    /** Gives a command, and gives it again with a producer id when it wants one. */
    private void asProducer(
            EventLoop loop,
            String transactionalId,
            BiFunction<OptionalLong, Ticket<ProducerAnswer>, TransactionCommand> command,
            Consumer<ProducerAnswer> answer) {
        int partition = partitions.of(transactionalId);
        partitions.<ProducerAnswer>write(
                partition,
                loop,
                ticket -> command.apply(OptionalLong.empty(), ticket),
                Reply.of(
                        outcome -> {
                            if (outcome instanceof ProducerAnswer.ProducerIdWanted) {
                                withProducerId(partition, loop, command, answer);
                            } else {
                                answer.accept(outcome);
                            }
                        },
                        ProducerAnswer.Refused::new));
    }

    private void withProducerId(
            int partition,
            EventLoop loop,
            BiFunction<OptionalLong, Ticket<ProducerAnswer>, TransactionCommand> command,
            Consumer<ProducerAnswer> answer) {
        ports.producerIds()
                .take(
                        loop,
                        id -> {
                            if (id.isEmpty()) {
                                answer.accept(
                                        new ProducerAnswer.Refused(
                                                Errors.COORDINATOR_LOAD_IN_PROGRESS));
                                return;
                            }
                            partitions.<ProducerAnswer>write(
                                    partition,
                                    loop,
                                    ticket -> command.apply(id, ticket),
                                    Reply.of(answer, ProducerAnswer.Refused::new));
                        });
    }

    // ---- what the broker tells ----

    /**
     * Markers are committed in these partitions, or the partitions are gone.
     *
     * @param answer NONE, or why it has to be told again; NOT_COORDINATOR when somebody else asks
     *     for the markers now
     */
    public void markersWritten(
            EventLoop loop,
            String transactionalId,
            ProducerIdentity producer,
            TouchedPartitions written,
            Consumer<Errors> answer) {
        partitions.<Errors>order(
                partitions.of(transactionalId),
                loop,
                ticket -> new MarkersWritten(transactionalId, producer, written, ticket),
                Reply.of(answer, error -> error));
    }
}
