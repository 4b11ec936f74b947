package io.tombolo.broker.link;

import io.tombolo.controller.command.LinkCommand.AbortMirrorTransactions;
import io.tombolo.controller.command.LinkCommand.Aborting;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.MirrorLog;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Ends the transactions that the copy of a partition left open, as its leader. First the metadata
 * learn which, then markers are appended for what is open, and when no election brings them back
 * the metadata learn that too. A leader that takes over in the middle finds in its log what is left
 * to do: a transaction whose marker it has is open no more. Mutable, confined to the links' loop.
 */
final class OpenTransactionsWorker {

    private final LinkName link;
    private final PromotionWorker.Ports ports;
    private final LinkPlace place;
    private final Set<LinkPartition> busy = new HashSet<>();
    private boolean closed;

    OpenTransactionsWorker(LinkPlace place, LinkName link, PromotionWorker.Ports ports) {
        this.place = place;
        this.link = link;
        this.ports = ports;
    }

    /** Goes on with a partition, unless that is under way. */
    void abort(PromotionDuty.Abortion wanted, long ownershipEpoch) {
        LinkPartition partition = wanted.place().partition();
        if (closed || !busy.add(partition)) {
            return;
        }
        ports.transactions()
                .find(
                        wanted.place(),
                        found ->
                                found.ifPresentOrElse(
                                        now -> found(wanted, now, ownershipEpoch),
                                        () -> busy.remove(partition)));
    }

    private void found(
            PromotionDuty.Abortion wanted, OpenTransactionLog.Found now, long ownershipEpoch) {
        if (now.open().count() == 0) {
            awaitCommit(wanted, now.endOffset(), ownershipEpoch);
        } else if (!wanted.known().covers(now.open())) {
            tell(wanted, now.open(), false, ownershipEpoch);
        } else {
            ports.transactions()
                    .abort(
                            wanted.place(),
                            end -> {
                                if (end.isPresent()) {
                                    lookAgain(wanted, ownershipEpoch);
                                } else {
                                    busy.remove(wanted.place().partition());
                                }
                            });
        }
    }

    /** The markers count once the disk has them. */
    private void lookAgain(PromotionDuty.Abortion wanted, long ownershipEpoch) {
        ports.transactions()
                .find(
                        wanted.place(),
                        found ->
                                found.filter(now -> now.open().count() == 0)
                                        .ifPresentOrElse(
                                                now ->
                                                        awaitCommit(
                                                                wanted,
                                                                now.endOffset(),
                                                                ownershipEpoch),
                                                () -> busy.remove(wanted.place().partition())));
    }

    private void awaitCommit(PromotionDuty.Abortion wanted, long endOffset, long ownershipEpoch) {
        OpenTransactionLog.Place at = wanted.place();
        ports.log()
                .awaitHighWatermark(
                        at.partition(),
                        at.leaderEpoch(),
                        endOffset,
                        answer -> {
                            if (answer instanceof MirrorLog.Opened(var position)
                                    && position.leaderEpoch() == at.leaderEpoch()
                                    && position.highWatermark() >= endOffset) {
                                tell(wanted, OpenTransactions.NONE, true, ownershipEpoch);
                            } else {
                                busy.remove(at.partition());
                            }
                        });
    }

    private void tell(
            PromotionDuty.Abortion wanted,
            OpenTransactions found,
            boolean done,
            long ownershipEpoch) {
        LinkPartition partition = wanted.place().partition();
        if (closed) {
            return;
        }
        var step = new Aborting(wanted.place().leaderEpoch(), found, done);
        var id = new PartitionId(partition.topicId(), partition.partition());
        ports.commands()
                .submit(
                        new AbortMirrorTransactions(
                                link, ownershipEpoch, new TreeMap<>(Map.of(id, step))),
                        place.loop(),
                        _ -> busy.remove(partition));
    }

    /** Does nothing more. */
    void close() {
        closed = true;
    }
}
