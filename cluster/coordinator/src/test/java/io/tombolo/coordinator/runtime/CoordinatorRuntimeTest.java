package io.tombolo.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.stage.Heard;
import io.tombolo.coordinator.stage.MemoryLog;
import io.tombolo.environment.simulated.manual.ManualLoop;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

class CoordinatorRuntimeTest {

    private static final int P = 3;

    private final ManualLoop loop = new ManualLoop();
    private final MemoryLog log = new MemoryLog(loop);
    private final Heard.Reports<String> reports = new Heard.Reports<>();
    private CoordinatorRuntime<Tally.State, Tally.Command, String> runtime =
            runtime(RuntimeSettings.STANDARD);

    private CoordinatorRuntime<Tally.State, Tally.Command, String> runtime(RuntimeSettings bounds) {
        var made = new CoordinatorRuntime<>(loop, loop, log, new Tally(), reports, bounds);
        log.watchedBy(made::highWatermarkMoved);
        return made;
    }

    private void lead() {
        runtime.lead(P, 1);
        loop.run();
    }

    private Heard<Long> write(Function<Ticket<Long>, Tally.Command> command) {
        var heard = new Heard<Long>();
        runtime.write(P, command, heard);
        return heard;
    }

    private Heard<Long> add(long number) {
        return write(ticket -> new Tally.Add(number, ticket));
    }

    private long committedTotal() {
        var heard = new Heard<Long>();
        runtime.read(P, Tally.State::total, heard);
        return heard.response();
    }

    @Test
    void answersWaitForTheHighWatermark() {
        lead();
        log.committing(false);

        var answer = add(5);
        loop.run();

        assertThat(answer.waits()).isTrue();
        assertThat(committedTotal()).isZero();
        assertThat(reports.lines()).doesNotContain("signal total 5");
        log.commit(P);
        assertThat(answer.response()).isEqualTo(5);
        assertThat(committedTotal()).isEqualTo(5);
        assertThat(reports.lines()).contains("signal total 5");
    }

    @Test
    void stepsOfOneTurnShareOneAppend() {
        lead();

        var answers = List.of(add(1), add(2), add(3));
        loop.run();

        assertThat(log.appendCount()).isEqualTo(1);
        assertThat(log.records(P)).hasSize(3);
        assertThat(answers).extracting(Heard::response).containsExactly(1L, 3L, 6L);
    }

    @Test
    void batchesDoNotGrowBeyondTheirBound() {
        runtime =
                runtime(
                        new RuntimeSettings(
                                1000, 40, 100, 100, Duration.ofSeconds(5), Duration.ofMillis(500)));
        lead();

        var answers = List.of(add(1), add(2), add(3), add(4), add(5));
        loop.run();

        assertThat(log.appendCount()).isEqualTo(3);
        assertThat(answers.getLast().response()).isEqualTo(15);
    }

    @Test
    void aStepWithoutRecordsWaitsForWhatItHasSeen() {
        lead();
        log.committing(false);
        add(5);
        loop.run();

        var look = write(Tally.Look::new);
        loop.run();

        assertThat(look.waits()).isTrue();
        log.commit(P);
        assertThat(look.response()).isEqualTo(5);
    }

    @Test
    void aStepWithoutRecordsIsAnsweredAtOnceWhenNothingIsUnderway() {
        lead();

        assertThat(write(Tally.Look::new).response()).isZero();
    }

    @Test
    void aRefusedAppendUndoesItsStepsAndTellsTheirClients() {
        lead();
        add(1);
        loop.run();
        var waiter = write(ticket -> new Tally.WaitFor(10, ticket));

        log.refuseNext(Errors.NOT_ENOUGH_REPLICAS);
        var first = add(9);
        var second = write(ticket -> new Tally.WaitFor(11, ticket));
        loop.run();

        assertThat(first.refusal()).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(second.refusal()).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(waiter.waits()).as("its answer was undone, not its waiting").isTrue();
        add(20);
        loop.run();
        assertThat(waiter.response()).isEqualTo(21);
    }

    @Test
    void aStepIsDecidedAnewWhenTheBatchBeforeItIsRefused() {
        runtime =
                runtime(
                        new RuntimeSettings(
                                1000, 20, 100, 100, Duration.ofSeconds(5), Duration.ofMillis(500)));
        lead();
        log.refuseNext(Errors.MESSAGE_TOO_LARGE);

        var undone = add(100);
        var decidedAnew = add(1);
        loop.run();

        assertThat(undone.refusal()).isEqualTo(Errors.MESSAGE_TOO_LARGE);
        assertThat(decidedAnew.response()).isEqualTo(1);
    }

    @Test
    void alarmsUndoneByARefusedAppendRingAgainAfterAPause() {
        lead();
        write(ticket -> new Tally.AddIn(7, 1000, ticket));
        log.refuseNext(Errors.NOT_ENOUGH_REPLICAS);

        loop.advance(Duration.ofMillis(1100));
        long totalWhileRefused = committedTotal();
        loop.advance(Duration.ofMillis(500));

        assertThat(totalWhileRefused).isZero();
        assertThat(committedTotal()).isEqualTo(7);
    }

    @Test
    void alarmsThatAreTooLargeTogetherRingOneByOne() {
        lead();
        write(ticket -> new Tally.AddIn(7, 1000, ticket));
        write(ticket -> new Tally.AddIn(8, 1000, ticket));
        write(ticket -> new Tally.AddIn(9, 1000, ticket));
        log.takingAtMost(20);

        loop.advance(Duration.ofMillis(1100));

        assertThat(committedTotal()).isEqualTo(24);
        assertThat(log.appendCount()).isEqualTo(3);
    }

    @Test
    void anAlarmThatIsTooLargeForTheLogHoldsUpNoOther() {
        lead();
        write(ticket -> new Tally.AddIn(7, 1000, ticket));
        write(ticket -> new Tally.AddIn(1_000_000, 900, ticket));
        log.takingAtMost(20);

        loop.advance(Duration.ofMillis(1100));

        assertThat(committedTotal()).isEqualTo(7);
        assertThat(add(2).waits()).isTrue();
        loop.run();
        assertThat(committedTotal()).isEqualTo(9);
    }

    @Test
    void anAnswerThatWaitsTooLongIsGivenUpButTheStepStands() {
        lead();
        log.committing(false);
        var answer = add(5);
        loop.run();

        loop.advance(Duration.ofSeconds(6));

        assertThat(answer.refusal()).isEqualTo(Errors.REQUEST_TIMED_OUT);
        log.commit(P);
        assertThat(committedTotal()).isEqualTo(5);
    }

    @Test
    void resigningTellsEveryWaitingClientAtOnce() {
        lead();
        log.committing(false);
        var waiter = write(ticket -> new Tally.WaitFor(10, ticket));
        var appended = add(1);
        loop.run();
        var inBatch = add(2);

        runtime.resign(P);

        assertThat(List.of(waiter, appended, inBatch))
                .allSatisfy(heard -> assertThat(heard.refusal()).isEqualTo(Errors.NOT_COORDINATOR));
        assertThat(add(1).refusal()).isEqualTo(Errors.NOT_COORDINATOR);
        loop.run();
        assertThat(log.records(P)).as("what was still in the batch").hasSize(1);
        assertThat(loop.timerCount()).isZero();
    }

    @Test
    void whatWasNotCommittedIsGoneUnderTheNextLeader() {
        lead();
        add(1);
        loop.run();
        log.committing(false);
        add(10);
        loop.run();

        runtime.resign(P);
        log.loseUncommitted();
        runtime.lead(P, 2);
        loop.run();

        assertThat(committedTotal()).isEqualTo(1);
    }

    @Test
    void clientsAreToldWhileAPartitionIsLoading() {
        lead();
        add(1);
        loop.run();
        runtime.resign(P);

        runtime.lead(P, 2);

        assertThat(add(1).refusal()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        loop.run();
        assertThat(runtime.active(P)).isTrue();
        assertThat(reports.lines()).endsWith("loaded 3 with 1 records");
    }

    @Test
    void aLoadHoldsOnlyAStretchOfTheLogInMemory() {
        lead();
        for (int i = 0; i < 500; i++) {
            add(1);
        }
        loop.run();
        runtime.resign(P);
        runtime =
                runtime(
                        new RuntimeSettings(
                                10, 4096, 100, 100, Duration.ofSeconds(5), Duration.ofMillis(500)));

        runtime.lead(P, 2);
        loop.run();

        assertThat(committedTotal()).isEqualTo(500);
        assertThat(log.largestChunk()).isEqualTo(10);
    }

    @Test
    void aLoadIsOverOnlyWhenWhatItReadIsCommitted() {
        lead();
        log.committing(false);
        add(1);
        loop.run();
        runtime.resign(P);

        runtime.lead(P, 2);
        loop.run();

        assertThat(runtime.active(P)).isFalse();
        log.commit(P);
        assertThat(runtime.active(P)).isTrue();
        assertThat(committedTotal()).isEqualTo(1);
    }

    @Test
    void aLoadGoesOnAfterTheLogCouldNotBeRead() {
        lead();
        add(1);
        loop.run();
        runtime.resign(P);
        log.unreadable(2);

        runtime.lead(P, 2);
        loop.advance(Duration.ofSeconds(2));

        assertThat(committedTotal()).isEqualTo(1);
        assertThat(reports.lines()).contains("load of 3 delayed: disk is asleep");
    }

    @Test
    void recordsThatCannotBeReadKeepAPartitionClosed() {
        log.append(P, 1, List.of(new LogRecord(Tally.bytes("no number"), null)), 0);

        lead();

        assertThat(runtime.active(P)).isFalse();
        assertThat(add(1).refusal()).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(reports.lines()).anyMatch(line -> line.startsWith("failed 3"));
    }

    @Test
    void aCommandThatThrowsIsRefusedAndChangesNothing() {
        lead();
        add(1);
        loop.run();

        var thrown = write(Tally.Throw::new);

        assertThat(thrown.refusal()).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(write(Tally.Look::new).response()).isEqualTo(1);
    }

    @Test
    void tooManyWaitingClientsAreRefused() {
        runtime =
                runtime(
                        new RuntimeSettings(
                                1000, 4096, 2, 100, Duration.ofSeconds(5), Duration.ofMillis(500)));
        lead();
        write(ticket -> new Tally.WaitFor(10, ticket));
        write(ticket -> new Tally.WaitFor(11, ticket));

        var refused = write(ticket -> new Tally.WaitFor(12, ticket));

        assertThat(refused.refusal()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(committedTotal()).as("reads go on").isZero();
    }

    @Test
    void tooManyBatchesThatAreNotCommittedStopFurtherOnes() {
        runtime =
                runtime(
                        new RuntimeSettings(
                                1000, 4096, 100, 2, Duration.ofSeconds(5), Duration.ofMillis(500)));
        lead();
        log.committing(false);
        add(1);
        loop.run();
        add(2);
        loop.run();

        assertThat(add(3).refusal()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        log.committing(true);
        add(4);
        loop.run();
        assertThat(committedTotal()).isEqualTo(7);
    }

    @Test
    void anOlderEpochChangesNothingAndANewerOneStartsOver() {
        runtime.lead(P, 5);
        loop.run();
        var waiter = write(ticket -> new Tally.WaitFor(10, ticket));

        runtime.lead(P, 4);
        runtime.lead(P, 5);
        boolean waitedOn = waiter.waits();
        runtime.lead(P, 6);

        assertThat(waitedOn).isTrue();
        assertThat(waiter.refusal()).isEqualTo(Errors.NOT_COORDINATOR);
    }

    @Test
    void aPartitionThatIsNotLedIsNotCoordinated() {
        var read = new Heard<Long>();

        runtime.read(P, Tally.State::total, read);

        assertThat(read.refusal()).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(add(1).refusal()).isEqualTo(Errors.NOT_COORDINATOR);
    }
}
