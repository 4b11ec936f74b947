package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.simulation.law.Sent;
import io.tombolo.simulation.law.TransactionWatch;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A worker that reads, writes and commits its position in transactions, as one life of a
 * transactional id. Another life may begin at any time; this one does not know until it is fenced.
 *
 * <pre>
 * begin -> resume -> (work -> end)* ; after an end nobody is sure of, resume or begin again
 * </pre>
 */
public final class Transacting {

    private static final int TRIES_MAX = 15;
    private static final int DAWDLES_MS_MAX = 5_000;
    private static final double ABORT_SHARE = 0.25;

    private final TransactionCalls calls;
    private final Life life;
    private final Hearing hearing;
    private final SimulatedEntropy dice;
    private final Map<Place, Integer> sequences = new HashMap<>();
    private Optional<Sent> sending = Optional.empty();
    private final ArrayDeque<Job> jobs = new ArrayDeque<>();
    private Phase phase;
    private long position = -1;
    private int number;
    private int tries;
    private boolean touched;
    private boolean spoilt;
    private boolean unsure;
    private boolean commit;
    private boolean stopping;
    private boolean over;
    private boolean committed;
    private Errors latest = Errors.NONE;

    /**
     * One life of a transactional id.
     *
     * @param input whose position is committed
     * @param raising whether each end of a transaction raises its epoch (KIP-890)
     */
    public record Life(
            String id,
            int incarnation,
            Place input,
            boolean raising,
            int timeoutMs,
            Variant variant) {}

    /** Who is told what brokers said. */
    public record Hearing(TransactionWatch transactions, Records records) {}

    private enum Phase {
        BEGIN,
        RESUME,
        IDLE,
        WORK,
        END
    }

    /** Something to be done before a transaction ends. */
    private sealed interface Job {
        record Add(Place place) implements Job {}

        /** The sequence is chosen when it is first sent, so one that is not leaves no gap. */
        record Write(Place place, int batch, int count) implements Job {}

        record AddOffsets() implements Job {}

        record CommitOffsets() implements Job {}

        record Dawdle(long ms) implements Job {}
    }

    public Transacting(
            Environment environment, Site site, Life life, Hearing hearing, SimulatedEntropy dice) {
        this.calls = new TransactionCalls(environment, site, life);
        this.life = life;
        this.hearing = hearing;
        this.dice = dice;
        this.phase =
                life.variant() == Variant.POSITION_IS_READ_BEFORE_FENCING
                        ? Phase.RESUME
                        : Phase.BEGIN;
    }

    public void start() {
        later(1);
    }

    /** Ends its transaction, and then itself. */
    public void stop() {
        stopping = true;
    }

    /** Is gone without a word. */
    public void vanish() {
        over = true;
        calls.close();
    }

    /** Whether it does nothing any more. */
    public boolean over() {
        return over;
    }

    /** Whether a transaction of it was committed. */
    public boolean committed() {
        return committed;
    }

    private void later(long ms) {
        calls.later(ms, this::go);
    }

    private void soon() {
        later(dice.between(1, 20));
    }

    private void go() {
        if (over) {
            return;
        }
        switch (phase) {
            case BEGIN -> calls.begin(this::begun);
            case RESUME -> resume();
            case IDLE -> {
                if (stopping) {
                    over = true;
                } else {
                    open();
                    later(dice.between(1, 150));
                }
            }
            case WORK -> work();
            case END -> end();
        }
    }

    // --- beginning

    private void begun(Errors error, boolean first) {
        if (error == Errors.NONE) {
            sequences.clear();
            if (first) {
                hearing.transactions().began(calls.producerId(), calls.producerEpoch());
            }
            boolean known = life.variant() == Variant.POSITION_IS_READ_BEFORE_FENCING && first;
            phase = known ? Phase.IDLE : Phase.RESUME;
            soon();
        } else {
            goOnAfter(error);
        }
    }

    private void resume() {
        long floor = hearing.transactions().asking(life.id());
        calls.fetchPosition(found -> {
            if (found.isPresent()) {
                position = Math.max(0, found.getAsLong());
                hearing.transactions().resumed(life.id(), position, floor);
                phase = calls.known() ? Phase.IDLE : Phase.BEGIN;
                later(calls.known() ? dice.between(1, 20) : dice.between(100, 500));
            } else {
                later(dice.between(10, 150));
            }
        });
    }

    @Override
    public String toString() {
        return "%s/%d %s %s, %d times %s"
                .formatted(life.id(), life.incarnation(), phase, jobs.peek(), tries, latest);
    }

    /** Fenced workers end; everything else is tried again. */
    private void goOnAfter(Errors error) {
        latest = error;
        switch (error) {
            case PRODUCER_FENCED, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING -> {
                hearing.transactions().fenced();
                over = true;
            }
            case INVALID_TXN_STATE -> over = true;
            default -> later(dice.between(10, 150));
        }
    }

    // --- working

    private String name() {
        return Sent.IN_TRANSACTION
                + "%s/%d/%d/%d".formatted(life.id(), life.incarnation(), number, position);
    }

    private void open() {
        number++;
        touched = false;
        spoilt = false;
        unsure = false;
        tries = 0;
        jobs.clear();
        var works = new ArrayList<List<Job>>();
        var places = new ArrayList<>(Shape.PLACES);
        int batch = 0;
        for (long left = dice.between(1, places.size()); left > 0; left--) {
            Place place = places.remove(dice.nextInt(places.size()));
            var work = new ArrayList<Job>();
            if (!life.raising()) {
                work.add(new Job.Add(place));
            }
            for (long more = dice.between(1, 2); more > 0; more--) {
                batch++;
                work.add(new Job.Write(place, batch, (int) dice.between(1, 3)));
            }
            works.add(work);
        }
        List<Job> offsets =
                life.raising()
                        ? List.of(new Job.CommitOffsets())
                        : List.of(new Job.AddOffsets(), new Job.CommitOffsets());
        works.add(dice.nextInt(works.size() + 1), offsets);
        if (dice.chance(0.1)) {
            works.add(
                    dice.nextInt(works.size() + 1),
                    List.of(new Job.Dawdle(dice.between(500, DAWDLES_MS_MAX))));
        }
        works.forEach(jobs::addAll);
        phase = Phase.WORK;
    }

    private Sent next(Job.Write job) {
        int sequence = sequences.getOrDefault(job.place(), 0);
        sequences.put(job.place(), sequence + job.count());
        return new Sent(
                name() + "/" + job.batch(),
                calls.producerId(),
                calls.producerEpoch(),
                sequence,
                job.count());
    }

    private void work() {
        Job job = jobs.peek();
        if (spoilt || job == null) {
            commit = !spoilt && !dice.chance(ABORT_SHARE);
            phase = Phase.END;
            soon();
            return;
        }
        tries++;
        boolean again = tries > 1;
        switch (job) {
            case Job.Add(Place place) -> {
                touched = true;
                calls.add(place, error -> worked(job, error));
            }
            case Job.AddOffsets _ -> {
                touched = true;
                calls.addOffsets(error -> worked(job, error));
            }
            case Job.Write write -> {
                touched = true;
                Sent sent = again && sending.isPresent() ? sending.get() : next(write);
                sending = Optional.of(sent);
                calls.write(
                        write.place(),
                        sent,
                        (error, base) -> wrote(write, sent, error, base, again));
            }
            case Job.CommitOffsets _ -> {
                touched = true;
                calls.commitOffsets(position + 1, error -> worked(job, error));
            }
            case Job.Dawdle(long ms) -> {
                jobs.remove();
                tries = 0;
                later(ms);
            }
        }
    }

    private void wrote(Job.Write job, Sent sent, Errors error, long base, boolean again) {
        if (error == Errors.NONE) {
            hearing.records().acknowledged(calls.site(), job.place(), sent, base);
            hearing.transactions().acknowledged(job.place(), sent.token());
            if (again) {
                hearing.records().retried();
            }
        }
        worked(job, error);
    }

    private void worked(Job job, Errors error) {
        if (over) {
            return;
        }
        latest = error;
        switch (error) {
            case NONE -> {
                jobs.remove();
                tries = 0;
            }
            case PRODUCER_FENCED,
                    INVALID_PRODUCER_EPOCH,
                    INVALID_PRODUCER_ID_MAPPING,
                    INVALID_TXN_STATE,
                    TRANSACTION_ABORTABLE,
                    OUT_OF_ORDER_SEQUENCE_NUMBER,
                    UNKNOWN_PRODUCER_ID ->
                    spoil(job);
            default -> {
                if (tries > TRIES_MAX) {
                    spoil(job);
                }
            }
        }
        later(error == Errors.NONE ? dice.between(1, 20) : dice.between(10, 150));
    }

    /** Batches of which nobody knows may still come: who keeps its epoch needs another one. */
    private void spoil(Job job) {
        spoilt = true;
        unsure |= job instanceof Job.Write || job instanceof Job.CommitOffsets;
    }

    // --- ending

    private void end() {
        if (!touched) {
            ended(Errors.NONE);
            return;
        }
        hearing.transactions().asked(name(), commit);
        tries++;
        calls.end(commit, this::ended);
    }

    private void ended(Errors error) {
        if (error != Errors.NONE) {
            goOnAfter(error);
            return;
        }
        if (touched) {
            hearing.transactions().told(name(), commit, tries > 1);
        }
        if (life.raising()) {
            sequences.clear();
        }
        if (commit) {
            committed = true;
            position++;
        }
        phase = commit && dice.chance(0.7) ? Phase.IDLE : Phase.RESUME;
        if (unsure && !life.raising()) {
            calls.anew();
            phase = Phase.BEGIN;
        }
        soon();
    }
}
