package io.tombolo.broker.transaction;

import io.tombolo.coordinator.runtime.CoordinatorListener;
import io.tombolo.coordinator.transaction.TransactionEvent;
import io.tombolo.coordinator.transaction.TransactionEvent.MarkersWanted;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands on which markers are wanted, and logs only what someone has to know. */
final class TransactionNews implements CoordinatorListener<TransactionEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(TransactionNews.class);

    private final Wanted wanted;

    /** Hears of wanted markers on the loop of the partition. */
    @FunctionalInterface
    interface Wanted {

        void wanted(int partition, MarkersWanted markers);
    }

    TransactionNews(Wanted wanted) {
        this.wanted = wanted;
    }

    @Override
    public void loaded(int partition, long recordCount, long elapsedNanos) {
        LOG.debug("Transactions of partition {} are loaded: {} records", partition, recordCount);
    }

    @Override
    public void loadDelayed(int partition, String reason) {
        LOG.atWarn()
                .addKeyValue("partition", partition)
                .addKeyValue("reason", reason)
                .log("Transactions cannot be loaded yet");
    }

    @Override
    public void appendRefused(int partition, String reason) {
        LOG.atWarn()
                .addKeyValue("partition", partition)
                .addKeyValue("reason", reason)
                .log("The changes of transactions were refused by their log and undone");
    }

    @Override
    public void failed(int partition, RuntimeException cause) {
        LOG.atError()
                .addKeyValue("partition", partition)
                .setCause(cause)
                .log("The coordinator of transactions failed");
    }

    @Override
    public void signal(int partition, TransactionEvent event) {
        switch (event) {
            case MarkersWanted markers -> wanted.wanted(partition, markers);
            case TransactionEvent.TimedOut late ->
                    LOG.atInfo()
                            .addKeyValue("transactionalId", late.id())
                            .addKeyValue("producerId", late.producer().id())
                            .log("A transaction took too long and is aborted");
            case TransactionEvent.Expired expired ->
                    LOG.debug("Transactional id {} has expired", expired.id());
        }
    }
}
