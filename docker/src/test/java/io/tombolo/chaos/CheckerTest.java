package io.tombolo.chaos;

import static io.tombolo.chaos.Anomaly.Kind.ABORTED_READ;
import static io.tombolo.chaos.Anomaly.Kind.DUPLICATED;
import static io.tombolo.chaos.Anomaly.Kind.GROUP_WENT_BACK;
import static io.tombolo.chaos.Anomaly.Kind.INCONSISTENT;
import static io.tombolo.chaos.Anomaly.Kind.LOST;
import static io.tombolo.chaos.Anomaly.Kind.PHANTOM;
import static io.tombolo.chaos.Anomaly.Kind.REORDERED;
import static io.tombolo.chaos.Anomaly.Kind.SKIPPED;
import static io.tombolo.chaos.Anomaly.Kind.WENT_BACK;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.chaos.Anomaly.Kind;
import io.tombolo.chaos.Reading.Seen;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Each anomaly is found in a history that has it, and none in one that is as it must be. */
class CheckerTest {

    private static final Value A = new Value("p", 0, 0);
    private static final Value B = new Value("p", 0, 1);
    private static final Value C = new Value("p", 0, 2);
    private static final Value OTHER = new Value("q", 0, 0);

    private final List<Sent> sent = new ArrayList<>();
    private final List<Seen> log = new ArrayList<>();
    private final List<Reading> readings = new ArrayList<>();
    private final List<GroupStep> group = new ArrayList<>();

    @Test
    void aHistoryAsItMustBeHasNoAnomaly() {
        acknowledged(A, 0);
        acknowledged(OTHER, 1);
        sent.add(Sent.unanswered(B));
        acknowledged(C, 3);
        sent.add(Sent.aborted(new Value("t", 0, 0)));
        logged(A, OTHER, B, C);
        read(true, at(0, A), at(1, OTHER));
        read(true, at(1, OTHER), at(2, B), at(3, C));
        commit(2, 1, 2);
        lookup(2, 3, 4);

        assertThat(kinds()).isEmpty();
    }

    @Test
    void whatWasNotAnsweredMayBeMissing() {
        acknowledged(A, 0);
        sent.add(Sent.unanswered(B));
        acknowledged(C, 1);
        logged(A, C);

        assertThat(kinds()).isEmpty();
    }

    @Test
    void whatWasAcknowledgedAndIsMissingIsLost() {
        acknowledged(A, 0);
        acknowledged(B, 1);
        logged(A);

        assertThat(kinds()).containsExactly(LOST);
    }

    @Test
    void aWholePartitionThatIsMissingIsLost() {
        acknowledged(new Value("p", 7, 0), 0);

        assertThat(kinds()).containsExactly(LOST);
    }

    @Test
    void whatWasOverwrittenIsLost() {
        acknowledged(A, 0);
        acknowledged(OTHER, 0);
        logged(OTHER);

        assertThat(kinds()).containsExactly(LOST);
    }

    @Test
    void whatIsInTheLogTwiceIsDuplicated() {
        acknowledged(A, 0);
        acknowledged(B, 1);
        logged(A, B, A);

        assertThat(kinds()).containsExactly(DUPLICATED);
    }

    @Test
    void whatWasNotAnsweredMayNotBeThereTwiceEither() {
        sent.add(Sent.unanswered(A));
        logged(A, A);

        assertThat(kinds()).containsExactly(DUPLICATED);
    }

    @Test
    void whatStandsBehindItsSuccessorIsReordered() {
        acknowledged(A, 1);
        acknowledged(B, 0);
        logged(B, A);

        assertThat(kinds()).containsExactly(REORDERED);
    }

    @Test
    void whatIsElsewhereThanAcknowledgedIsInconsistent() {
        acknowledged(A, 5);
        logged(A);

        assertThat(kinds()).containsExactly(INCONSISTENT);
    }

    @Test
    void whatAReaderSawAndTheLogDoesNotHoldIsInconsistent() {
        acknowledged(A, 0);
        sent.add(Sent.unanswered(B));
        logged(A);
        read(true, at(0, A), at(1, B));

        assertThat(kinds()).containsExactly(INCONSISTENT);
    }

    @Test
    void twoReadersThatSeeDifferentRecordsAreInconsistent() {
        acknowledged(A, 0);
        sent.add(Sent.unanswered(OTHER));
        logged(A);
        read(true, at(0, OTHER));

        assertThat(kinds()).containsExactly(INCONSISTENT);
    }

    @Test
    void whatNobodySentIsAPhantom() {
        logged(A);

        assertThat(kinds()).containsExactly(PHANTOM);
    }

    @Test
    void whatTurnsUpInAnotherPartitionIsAPhantom() {
        Value elsewhere = new Value("p", 1, 0);
        sent.add(Sent.unanswered(elsewhere));
        logged(elsewhere);

        assertThat(kinds()).containsExactly(PHANTOM);
    }

    @Test
    void anAbortedRecordMayBeSeenOnlyByWhoAsksForAll() {
        sent.add(Sent.aborted(A));
        read(false, at(0, A));
        assertThat(kinds()).isEmpty();

        read(true, at(0, A));
        assertThat(kinds()).contains(ABORTED_READ);
    }

    @Test
    void anAbortedRecordInTheCommittedLogIsFound() {
        sent.add(Sent.aborted(A));
        logged(A);

        assertThat(kinds()).containsExactly(ABORTED_READ);
    }

    @Test
    void whatAReaderPassedWithoutSeeingItIsSkipped() {
        acknowledged(A, 0);
        acknowledged(B, 1);
        acknowledged(C, 2);
        logged(A, B, C);
        read(true, at(0, A), at(2, C));

        assertThat(kinds()).containsExactly(SKIPPED);
    }

    @Test
    void aReaderThatSeesALowerOffsetLaterWentBack() {
        acknowledged(A, 0);
        acknowledged(B, 1);
        logged(A, B);
        read(true, at(0, A), at(1, B), at(0, A));

        assertThat(kinds()).containsExactly(WENT_BACK);
    }

    @Test
    void aGroupThatForgetsAnAcknowledgedCommitWentBack() {
        commit(10, 1, 2);
        lookup(9, 3, 4);
        assertThat(kinds()).containsExactly(GROUP_WENT_BACK);
    }

    @Test
    void aGroupWithoutAnOffsetAfterACommitWentBack() {
        commit(10, 1, 2);
        lookup(-1, 3, 4);
        assertThat(kinds()).containsExactly(GROUP_WENT_BACK);
    }

    @Test
    void aLookupThatOverlapsACommitMayMissIt() {
        commit(10, 1, 4);
        lookup(-1, 3, 6);
        assertThat(kinds()).isEmpty();
    }

    private void acknowledged(Value value, long offset) {
        sent.add(Sent.acknowledged(value, offset));
    }

    private void logged(Value... values) {
        for (Value value : values) {
            log.add(at(log.size(), value));
        }
    }

    private static Seen at(long offset, Value value) {
        return new Seen(offset, value);
    }

    private void read(boolean committedOnly, Seen... seen) {
        readings.add(new Reading("r" + readings.size(), 0, committedOnly, List.of(seen)));
    }

    private void commit(long offset, long begun, long ended) {
        group.add(new GroupStep(GroupStep.Kind.COMMIT, 0, offset, begun, ended));
    }

    private void lookup(long offset, long begun, long ended) {
        group.add(new GroupStep(GroupStep.Kind.LOOKUP, 0, offset, begun, ended));
    }

    private List<Kind> kinds() {
        var history = new History(sent, Map.of(0, log), readings, group);
        return Checker.check(history).stream().map(Anomaly::kind).toList();
    }
}
