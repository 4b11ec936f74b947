package io.tombolo.broker;

import io.tombolo.broker.publish.StrayLogs;
import io.tombolo.broker.replica.UncleanLeaders;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;
import io.tombolo.storage.log.LogDamage;
import io.tombolo.storage.log.Recovery;

import org.apache.kafka.common.TopicPartition;

import java.nio.file.Path;
import java.util.List;

/** Hears of what happens to a broker as a whole; called on its controller's loop. */
public interface BrokerObserver {

    /** A log had to be repaired at start. */
    void repaired(Recovery recovery);

    /**
     * The broker waits for others: there is no controller. Called again when the reason changes.
     *
     * @param reason a sentence for people
     */
    default void waiting(String reason) {}

    /** The broker hands over what it leads, before it stops; called about once a second. */
    default void handingOver(String progress) {}

    /** The broker takes requests. */
    void serving();

    /**
     * A partition cannot be used here, and its clients get KAFKA_STORAGE_ERROR; called once for
     * each. Unless an observer says what is to be done about mistakes of ours (and not of a disk),
     * they are thrown on, so that none passes unseen.
     */
    default void partitionOffline(TopicPartition partition, Exception cause) {
        if (cause instanceof RuntimeException mistake) {
            throw mistake;
        }
    }

    /**
     * Records of a partition here cannot be read any more; told before anything is done about it.
     */
    default void partitionDamaged(TopicPartition partition, LogDamage damage) {}

    /** A partition here cannot be compacted; called once, until it could be again. */
    default void partitionUncleanable(TopicPartition partition, Exception cause) {}

    /** A partition that was offline is in use again; others have what is missing behind the end. */
    default void partitionRepaired(TopicPartition partition, long endOffset) {}

    /**
     * A leader here refuses records because the disk is full (false), while what is there can be
     * read; or it takes them again.
     */
    default void partitionRoom(TopicPartition partition, boolean enough) {}

    /** Leaders on this broker were elected that may lack committed records; at least one. */
    default void uncleanLeaders(List<UncleanLeaders.Elected> leaders) {}

    /** Records were thrown away here because the leader lacks them; maybe acknowledged ones. */
    default void recordsDiscarded(UncleanLeaders.Lost lost) {}

    /**
     * A transaction is committed here, and its records in a partition may be aborted: another
     * region took the topic over before they had their marker.
     */
    default void commitLost(String transactionalId, TopicPartition partition) {}

    /** Logs were found that no replica of this broker belongs to; at least one. */
    default void strayLogs(StrayLogs found) {}

    /** The disk has more or less room for the metadata log than before. */
    default void metadataRoom(Room room) {}

    /** A log directory cannot be used: what is in it is offline until the next start. */
    default void directoryOffline(Path directory, Exception cause) {}

    /** Something about the log directories was not as it should be, and has been put right. */
    default void remarked(String remark) {}

    /** The broker cannot go on, or could not start; called once. */
    void failed(String reason, StartRefused.Fix fix);

    /** What is on its disks forbids the broker to start; called once, instead of {@code failed}. */
    default void refused(Refusal refusal) {
        failed(refusal.reason(), StartRefused.Fix.OWN_DIRECTORY);
    }
}
