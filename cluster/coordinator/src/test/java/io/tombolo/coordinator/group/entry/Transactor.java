package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;
import static io.tombolo.coordinator.group.entry.Stage.fetchRequest;

import io.tombolo.coordinator.group.entry.GroupWorld.Claim;
import io.tombolo.coordinator.runtime.StoredEntry;
import io.tombolo.coordinator.runtime.TransactionEnd;

import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.protocol.Errors;

/**
 * A producer that commits positions of one partition in transactions, with the coordinator that
 * decides them. Its decisions stand; the marker is sent until it is committed.
 */
final class Transactor {

    private enum Phase {
        IDLE,
        SENT,
        KEPT,
        ENDING
    }

    private final GroupWorld world;
    private final Stage stage;
    private final long producerId;
    private final int partition;

    private Phase phase = Phase.IDLE;
    private long number;
    private long offset = -1;
    private long visible = -1;
    private boolean commit;
    private StoredEntry marker;
    private int unanswered;

    Transactor(GroupWorld world, Stage stage, int partition) {
        this.world = world;
        this.stage = stage;
        this.producerId = 100 + partition;
        this.partition = partition;
    }

    boolean idle() {
        return phase == Phase.IDLE && unanswered == 0;
    }

    void act(int dice) {
        switch (phase) {
            case IDLE -> send();
            case SENT -> {
                if (dice == 0) {
                    decide(false); // it gives up waiting
                }
            }
            case KEPT -> {
                askForStable();
                if (dice < 2) {
                    decide(dice == 0);
                }
            }
            case ENDING -> end();
        }
    }

    /** Brings what has begun to its end, and begins nothing. */
    void finish() {
        switch (phase) {
            case IDLE -> askForStable();
            case SENT -> {}
            case KEPT -> decide(true);
            case ENDING -> end();
        }
    }

    private void send() {
        long asked = ++number;
        offset = world.newOffset();
        phase = Phase.SENT;
        unanswered++;
        var request =
                Stage.transactionRequest("payments", partition, offset)
                        .setProducerId(producerId)
                        .setProducerEpoch((short) 0);
        stage.coordinator
                .transactions()
                .commit(
                        stage.caller(5),
                        request,
                        (index, then) -> then.accept(Errors.NONE),
                        response -> {
                            unanswered--;
                            Errors error = Stage.errorOf(response);
                            world.count("transactional commit " + error);
                            if (phase == Phase.SENT && asked == number) {
                                phase = Phase.KEPT;
                                if (error != Errors.NONE) {
                                    decide(false);
                                }
                            }
                        });
    }

    private void decide(boolean toCommit) {
        commit = toCommit;
        marker = null;
        phase = Phase.ENDING;
        world.happened("transaction of " + producerId + " with " + offset + " commits " + toCommit);
    }

    private void end() {
        int at = marker == null ? -1 : stage.log.entries(0).indexOf(marker);
        if (at < 0) {
            var end = new TransactionEnd(producerId, (short) 0, commit);
            Errors error =
                    stage.coordinator
                            .transactions()
                            .end(0, end, () -> stage.log.appendMarker(0, end));
            world.count("marker " + error);
            marker = error == Errors.NONE ? stage.log.entries(0).getLast() : null;
        } else if (stage.log.highWatermark(0) > at) {
            world.count(commit ? "transaction committed" : "transaction aborted");
            visible = commit ? offset : visible;
            phase = Phase.IDLE;
        }
    }

    /** What anybody sees: the decided positions, never another. */
    void verify() {
        long seen = stage.position("payments", partition);
        boolean mayBeNew = phase == Phase.ENDING && commit && seen == offset;
        world.require(
                seen == visible || mayBeNew,
                Claim.TRANSACTIONS_COUNT_AS_DECIDED,
                seen + " is visible, not " + visible);
    }

    private void askForStable() {
        long asked = number;
        Phase during = phase;
        unanswered++;
        stage.coordinator
                .offsets()
                .fetch(
                        stage.caller(9),
                        fetchRequest("payments", partition),
                        true,
                        response -> {
                            unanswered--;
                            if (asked == number && during == phase) {
                                judge(response);
                            }
                        });
    }

    private void judge(OffsetFetchResponseGroup response) {
        if (response.errorCode() != Errors.NONE.code()) {
            return;
        }
        OffsetFetchResponsePartitions position =
                response.topics().getFirst().partitions().getFirst();
        Errors error = Errors.forCode(position.errorCode());
        world.count("stable fetch of " + G + " " + error);
        if (phase == Phase.KEPT) {
            world.require(
                    error == Errors.UNSTABLE_OFFSET_COMMIT,
                    Claim.PENDING_OFFSETS_ARE_UNSTABLE,
                    error + " while " + offset + " is pending");
        } else {
            world.require(
                    error == Errors.NONE && position.committedOffset() == visible,
                    Claim.PENDING_OFFSETS_ARE_UNSTABLE,
                    error + " and " + position.committedOffset() + " instead of " + visible);
        }
    }
}
