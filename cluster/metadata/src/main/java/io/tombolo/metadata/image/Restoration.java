package io.tombolo.metadata.image;

import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.metadata.record.LinkRecord.MirrorReturned;
import io.tombolo.metadata.record.LinkRecord.ReplicasToCut;

import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

import java.util.Optional;

/**
 * How far a topic is that comes back to a region which another one has taken it from, or what that
 * left behind: the divergence report.
 *
 * @param ownershipEpoch under which the other region owns it; 0 when it never came back
 * @param copies by partition, where the copy ended that the other region took over
 * @param divergences by partition, what only this region had
 * @param exported by partition, where that was copied to
 * @param cuts by partition, who has to cut its log
 */
public record Restoration(
        long ownershipEpoch,
        PSortedMap<Integer, CopyEnd> copies,
        PSortedMap<Integer, Divergence> divergences,
        PSortedMap<Integer, String> exported,
        PSortedMap<Integer, Cut> cuts) {

    /** It never came back. */
    public static final Restoration NONE =
            new Restoration(
                    0, TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty());

    /**
     * A cut of one partition.
     *
     * @param pending the brokers that have not confirmed it
     */
    public record Cut(long offset, BrokerIds pending) {}

    static Restoration of(MirrorReturned returned) {
        return new Restoration(
                returned.ownershipEpoch(),
                TreePMap.from(returned.copies()),
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty());
    }

    /** What only this region had of a partition; empty before it is known. */
    public Optional<Divergence> divergenceOf(int index) {
        return Optional.ofNullable(divergences.get(index));
    }

    /** Whether nothing is lost by cutting a partition. */
    public boolean isSafe(int index) {
        return divergenceOf(index)
                .filter(found -> found.isEmpty() || exported.containsKey(index))
                .isPresent();
    }

    /** Where a broker has to cut its replica before it uses it; empty when it need not. */
    public Optional<Long> cutFor(int index, int brokerId) {
        return Optional.ofNullable(cuts.get(index))
                .filter(cut -> cut.pending().has(brokerId))
                .map(Cut::offset);
    }

    Restoration found(int index, Divergence divergence) {
        return new Restoration(
                ownershipEpoch, copies, divergences.plus(index, divergence), exported, cuts);
    }

    Restoration exported(int index, String where) {
        return new Restoration(
                ownershipEpoch, copies, divergences, exported.plus(index, where), cuts);
    }

    Restoration cutting(ReplicasToCut record) {
        return new Restoration(
                ownershipEpoch,
                copies,
                divergences,
                exported,
                cuts.plus(record.index(), new Cut(record.offset(), record.pending())));
    }
}
