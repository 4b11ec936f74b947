package io.tombolo.simulation.law;

import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.replica.UncleanLeaders;
import io.tombolo.replication.Partition.Discarded;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;

import org.apache.kafka.common.TopicPartition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What unclean elections cost is told: every broker counts them, the new leader says from which
 * offset on records are lost, and who throws some of them away says which. A process that ends
 * before it could tell is excused.
 */
final class UncleanWatch {

    private final SiteWatch.Reported reported;
    private final Happenings happenings;
    private final List<Owed> owed = new ArrayList<>();
    private final Map<Machine, Life> lives = new HashMap<>();

    /** Where in the metadata log leaders were elected uncleanly. */
    private final TreeSet<Long> elections = new TreeSet<>();

    private final List<Loss> told = new ArrayList<>();

    /**
     * What a process has to tell, or has told.
     *
     * @param leaderEpoch of the election; −1 for what is thrown away
     */
    private record Loss(Machine machine, Place place, int leaderEpoch, long from, long to) {

        boolean covers(Loss other) {
            return machine == other.machine
                    && place.equals(other.place)
                    && leaderEpoch == other.leaderEpoch
                    && from <= other.from
                    && other.to <= to;
        }
    }

    private record Owed(BrokerCore life, Loss loss) {}

    private record Life(BrokerCore core, long servesFromOffset) {}

    UncleanWatch(SiteWatch.Reported reported, Happenings happenings) {
        this.reported = reported;
        this.happenings = happenings;
    }

    // --- what there is to tell

    /** After an event on a machine. */
    void check(Machine machine) {
        var core = machine.core();
        if (core.isPresent() && machine.serving() && !core.get().equals(coreOf(machine))) {
            long offset = core.get().images().current().place().offset();
            lives.put(machine, new Life(core.get(), offset));
        }
    }

    private Object coreOf(Machine machine) {
        Life life = lives.get(machine);
        return life == null ? machine : life.core;
    }

    /** Somebody was elected who may lack something. */
    void elected(long metadataOffset) {
        elections.add(metadataOffset);
    }

    /** A leader begins without what is committed between two offsets. */
    void lacks(Machine machine, Place place, int leaderEpoch, long from, long to) {
        owes(new Loss(machine, place, leaderEpoch, from, to));
    }

    /** A replica gives up what is committed, as it knows or has known in an earlier life. */
    void gaveUp(Machine machine, Place place, long from, long to) {
        owes(new Loss(machine, place, -1, from, to));
    }

    private void owes(Loss loss) {
        loss.machine.core().ifPresent(life -> owed.add(new Owed(life, loss)));
    }

    // --- what is told

    void told(Machine machine, List<UncleanLeaders.Elected> leaders) {
        for (UncleanLeaders.Elected one : leaders) {
            happenings.note(Happening.UNCLEAN_LEADER_TOLD);
            long from = reported.lostFrom(one.lostFromOffset().orElse(Long.MAX_VALUE));
            Place place = of(one.partition());
            told.add(new Loss(machine, place, one.leaderEpoch(), from, Long.MAX_VALUE));
        }
    }

    void told(Machine machine, UncleanLeaders.Lost lost) {
        happenings.note(Happening.DISCARDED_AND_TOLD);
        Place place = of(lost.partition());
        Discarded records = lost.records();
        told.add(new Loss(machine, place, -1, records.fromOffset(), records.toOffset()));
    }

    private static Place of(TopicPartition partition) {
        return new Place(partition.topic(), partition.partition());
    }

    // --- the law

    /** When all has settled. */
    void check() {
        for (Owed one : owed) {
            boolean ended = one.loss.machine.core().filter(one.life::equals).isEmpty();
            Broken.unless(
                    ended
                            || told.stream().anyMatch(it -> it.covers(one.loss))
                            || isDiscarded(one.loss),
                    Law.LOSS_TOLD,
                    "%s was not told, but %s",
                    one.loss,
                    told.stream().filter(it -> it.place.equals(one.loss.place)).toList());
        }
        lives.forEach(this::checkCount);
    }

    /**
     * After several unclean elections in a row a leader cannot know of the losses of all; then
     * those who threw away what they had were the ones to tell.
     */
    private boolean isDiscarded(Loss loss) {
        List<Loss> discarded = told.stream().filter(one -> one.leaderEpoch < 0).toList();
        long upTo = loss.from;
        boolean further = true;
        while (upTo < loss.to && further) {
            further = false;
            for (Loss one : discarded) {
                if (one.place.equals(loss.place) && one.from <= upTo && upTo < one.to) {
                    upTo = one.to;
                    further = true;
                }
            }
        }
        return upTo >= loss.to;
    }

    private void checkCount(Machine machine, Life life) {
        if (machine.core().filter(life.core::equals).isEmpty()) {
            return;
        }
        UncleanLeaders leaders = life.core.uncleanLeaders();
        long counted = leaders.electedCount() + leaders.lastKnownCount();
        long known = elections.tailSet(life.servesFromOffset, false).size();
        Broken.unless(
                counted >= known,
                Law.LOSS_TOLD,
                "%s has counted %d unclean elections, there were %d",
                machine,
                counted,
                known);
    }
}
