import org.HdrHistogram.ConcurrentHistogram;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.EndTxnRequest;
import org.apache.kafka.common.requests.EndTxnResponse;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Small transactions on plain sockets, two requests each: Produce 12 of one record in each of some
 * partitions, which opens the transaction, and EndTxn 5. What says that the last one is still
 * ending is sent again at once. For one broker, which leads everything.
 */
final class RawTransactions {

    private static final short PRODUCE = 12;
    private static final short END = 5;
    private static final short INIT = 5;
    private static final short FIND = 4;
    private static final byte TRANSACTION = 1;

    private final Load.Options options;
    private final ConcurrentHistogram nanos = new ConcurrentHistogram(120_000_000_000L, 3);
    private final LongAdder committed = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final byte[] value;

    private RawTransactions(Load.Options options) {
        this.options = options;
        this.value = Clients.values(options.integer("size", 100))[0];
    }

    static void run(Load.Options options) {
        new RawTransactions(options).measure();
    }

    private void measure() {
        for (int index = 0; index < options.integer("producers", 1); index++) {
            int number = index;
            Thread.ofPlatform().daemon().start(() -> transact(number));
        }
        Window.awaitWork(committed, options.number("warm_transactions", 5_000), 120);
        nanos.reset();
        long before = committed.sum();
        long repeatedBefore = repeated.sum();
        long start = System.nanoTime();
        Window window = Window.open();
        Window.awaitWork(committed, options.number("transactions", 20_000), 120);
        long done = committed.sum() - before;
        double seconds = (System.nanoTime() - start) / 1e9;
        Load.Result result = window.close(0);
        result.add("transactions", done)
                .add("transactions_s", done / seconds)
                .add("repeated", (double) (repeated.sum() - repeatedBefore) / Math.max(1, done))
                .add("errors", errors.sum());
        Window.percentiles(result, "transaction", nanos);
        result.print();
        stopped.set(true);
    }

    /** One transactional id, and who it is now. */
    private static final class Producer {
        private final String id;
        private long producerId;
        private short epoch;

        private Producer(String id) {
            this.id = id;
        }
    }

    private void transact(int number) {
        int partitions = options.integer("partitions", 12);
        int touched = options.integer("touched", 3);
        int next = number * touched % partitions;
        var producer = new Producer("raw-" + number);
        try (var connection = RawConnection.to(options.bootstrap())) {
            begin(connection, producer);
            while (!stopped.get()) {
                long begun = System.nanoTime();
                var places = new ArrayList<Integer>();
                for (int index = 0; index < touched; index++) {
                    next = (next + 1) % partitions;
                    places.add(next);
                }
                produce(connection, producer, places);
                end(connection, producer);
                nanos.recordValue(System.nanoTime() - begun);
                committed.increment();
            }
        } catch (IOException | IllegalStateException failure) {
            failure.printStackTrace();
            errors.increment();
        }
    }

    private void begin(RawConnection connection, Producer producer) throws IOException {
        var find =
                new FindCoordinatorRequest.Builder(
                                new FindCoordinatorRequestData()
                                        .setKeyType(TRANSACTION)
                                        .setCoordinatorKeys(List.of(producer.id)))
                        .build(FIND);
        var init =
                new InitProducerIdRequest.Builder(
                                new InitProducerIdRequestData()
                                        .setTransactionalId(producer.id)
                                        .setTransactionTimeoutMs(60_000)
                                        .setProducerId(-1)
                                        .setProducerEpoch((short) -1))
                        .build(INIT);
        for (int attempt = 0; attempt < 1_000; attempt++) {
            var found =
                    (FindCoordinatorResponse) connection.call(find, ApiKeys.FIND_COORDINATOR, FIND);
            if (found.data().coordinators().getFirst().errorCode() == 0) {
                var begun =
                        (InitProducerIdResponse)
                                connection.call(init, ApiKeys.INIT_PRODUCER_ID, INIT);
                if (begun.data().errorCode() == 0) {
                    producer.producerId = begun.data().producerId();
                    producer.epoch = begun.data().producerEpoch();
                    return;
                }
            }
            Window.sleepMs(50);
        }
        throw new IllegalStateException(producer.id + " cannot begin");
    }

    private void produce(RawConnection connection, Producer producer, List<Integer> places)
            throws IOException {
        List<Integer> left = places;
        while (!left.isEmpty()) {
            var answer =
                    (ProduceResponse)
                            connection.call(request(producer, left), ApiKeys.PRODUCE, PRODUCE);
            var again = new ArrayList<Integer>();
            for (var topic : answer.data().responses()) {
                for (var partition : topic.partitionResponses()) {
                    Errors error = Errors.forCode(partition.errorCode());
                    if (passing(error)) {
                        again.add(partition.index());
                    } else if (error != Errors.NONE) {
                        throw new IllegalStateException(producer.id + ": " + error);
                    }
                }
            }
            repeated.add(again.isEmpty() ? 0 : 1);
            left = again;
        }
    }

    private ProduceRequest request(Producer producer, List<Integer> places) {
        var all = new ArrayList<PartitionProduceData>();
        for (int place : places) {
            var records =
                    MemoryRecords.withTransactionalRecords(
                            Compression.NONE,
                            producer.producerId,
                            producer.epoch,
                            0,
                            new SimpleRecord(System.currentTimeMillis(), null, value));
            all.add(new PartitionProduceData().setIndex(place).setRecords(records));
        }
        var topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData().setName(options.topic()).setPartitionData(all));
        var body =
                new ProduceRequestData()
                        .setTransactionalId(producer.id)
                        .setAcks((short) -1)
                        .setTimeoutMs(30_000)
                        .setTopicData(topics);
        return new ProduceRequest.Builder(PRODUCE, PRODUCE, body).build(PRODUCE);
    }

    private void end(RawConnection connection, Producer producer) throws IOException {
        var request =
                new EndTxnRequest.Builder(
                                new EndTxnRequestData()
                                        .setTransactionalId(producer.id)
                                        .setProducerId(producer.producerId)
                                        .setProducerEpoch(producer.epoch)
                                        .setCommitted(true),
                                false,
                                true)
                        .build(END);
        while (true) {
            var answer = (EndTxnResponse) connection.call(request, ApiKeys.END_TXN, END);
            Errors error = Errors.forCode(answer.data().errorCode());
            if (error == Errors.NONE) {
                producer.producerId = answer.data().producerId();
                producer.epoch = answer.data().producerEpoch();
                return;
            }
            if (!passing(error)) {
                throw new IllegalStateException(producer.id + ": " + error);
            }
            repeated.increment();
        }
    }

    private static boolean passing(Errors error) {
        return switch (error) {
            case CONCURRENT_TRANSACTIONS, NOT_ENOUGH_REPLICAS, COORDINATOR_LOAD_IN_PROGRESS -> true;
            default -> false;
        };
    }
}
