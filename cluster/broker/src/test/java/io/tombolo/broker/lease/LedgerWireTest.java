package io.tombolo.broker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.lease.LedgerWire.Question;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.RaftError;
import io.tombolo.raft.core.RaftMessage;
import io.tombolo.raft.core.RaftMessage.Request;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.LeaseLedger.Entry;
import io.tombolo.region.lease.LeaseLedger.Holding;
import io.tombolo.region.lease.LeaseLedger.Wish;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/** What sites say comes out as it went in, and nothing else comes out. */
class LedgerWireTest {

    private static final ReplicaKey EU_1 = new ReplicaKey(1, new UUID(3, 4));
    private static final LeaderAndEpoch LEADER = new LeaderAndEpoch(-1, 7);
    private static final OffsetAndEpoch POINT = new OffsetAndEpoch(9, 6);
    private static final DomainName DOMAIN = new DomainName("eu-to-us");
    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");
    private static final Holding HOLDING = new Holding(US, 3, 12);

    private static final List<Request> REQUESTS =
            List.of(
                    new RaftMessage.VoteRequest(EU_1, ReplicaKey.NONE, 4, POINT, true),
                    new RaftMessage.BeginEpochRequest(EU_1, LEADER),
                    new RaftMessage.EndEpochRequest(LEADER, List.of(EU_1, ReplicaKey.NONE)),
                    new RaftMessage.FetchRequest(EU_1, 4, POINT, 5, 6, 7),
                    new RaftMessage.FetchSnapshotRequest(EU_1, 4, POINT, 5, 6),
                    new RaftMessage.PresenceRequest());

    @Test
    void questionsOfVotersComeOutAsTheyWentIn() {
        for (Request request : REQUESTS) {
            var question = new Question.Raft(101, request);

            assertThat(LedgerWire.question(LedgerWire.encode(question))).contains(question);
        }
        var seat = new Question.Seat(EU_1, true);
        assertThat(LedgerWire.question(LedgerWire.encode(seat))).contains(seat);
    }

    @Test
    void answersOfVotersComeOutAsTheyWentIn() {
        var none = RaftError.NONE;
        var voter = new VoterSet.Voter(EU_1, new TreeMap<>());
        for (var answer :
                List.of(
                        new RaftMessage.VoteAnswer(RaftError.INVALID_REQUEST, LEADER, true),
                        new RaftMessage.BeginEpochAnswer(none, LEADER),
                        new RaftMessage.EndEpochAnswer(none, LEADER),
                        new RaftMessage.FetchAnswer(
                                none, LEADER, 5, new RaftMessage.Fetched.Diverging(POINT)),
                        new RaftMessage.FetchAnswer(
                                none, LEADER, 5, new RaftMessage.Fetched.Snapshot(POINT)),
                        new RaftMessage.PresenceAnswer(none, LEADER, voter, -1, List.of(EU_1)))) {
            assertThat(LedgerWire.raftAnswer(LedgerWire.encode(answer))).contains(answer);
        }
    }

    @Test
    void recordsAndSnapshotsComeOutByteByByte() {
        byte[] record = {1, 2, 3};
        var batch = new LogBatch(8, 2, true, List.of(record));
        var fetched =
                new RaftMessage.FetchAnswer(
                        RaftError.NONE, LEADER, 5, new RaftMessage.Fetched.Records(List.of(batch)));
        var piece =
                new RaftMessage.FetchSnapshotAnswer(RaftError.NONE, LEADER, POINT, 30, 27, record);

        var batches = LedgerWire.raftAnswer(LedgerWire.encode(fetched)).orElseThrow();
        var snapshot = LedgerWire.raftAnswer(LedgerWire.encode(piece)).orElseThrow();

        assertThat(batches).usingRecursiveComparison().isEqualTo(fetched);
        assertThat(snapshot).usingRecursiveComparison().isEqualTo(piece);
    }

    @Test
    void wishesAndWhatBecameOfThemComeOutAsTheyWentIn() {
        var question =
                new Question.Wishes(
                        List.of(new Wish.Hold(DOMAIN, EU, 3), new Wish.PassOn(DOMAIN, EU, US, 5)));
        var told =
                new LeaseAnswer.Told(
                        List.of(
                                new LeaseAnswer.Outcome.Given(),
                                new LeaseAnswer.Outcome.Wait(HOLDING, 99),
                                new LeaseAnswer.Outcome.Refused(Optional.of(HOLDING)),
                                new LeaseAnswer.Outcome.Refused(Optional.empty())));
        var elsewhere = new LeaseAnswer.NotLeader(201);

        assertThat(LedgerWire.question(LedgerWire.encode(question))).contains(question);
        assertThat(LedgerWire.leaseAnswer(LedgerWire.encode(told))).contains(told);
        assertThat(LedgerWire.leaseAnswer(LedgerWire.encode(elsewhere))).contains(elsewhere);
    }

    @Test
    void entriesComeOutAsTheyWentIn() {
        for (Entry entry :
                List.of(
                        new Entry.Renew(DOMAIN, EU, 1),
                        new Entry.Grant(DOMAIN, EU, 1, 2),
                        new Entry.Give(DOMAIN, EU, US, 3),
                        new Entry.Kept(DOMAIN, HOLDING))) {
            assertThat(LedgerFields.entry(LedgerFields.entry(entry))).contains(entry);
        }
        assertThat(LedgerFields.entry(new byte[] {9, 0, 0})).isEmpty();
    }

    @Test
    void moreWishesThanAreTakenAreNoQuestion() {
        Wish wish = new Wish.Hold(DOMAIN, EU, 3);
        List<Wish> many = java.util.Collections.nCopies(LedgerWire.WISHES_MAX + 1, wish);

        assertThat(LedgerWire.question(LedgerWire.encode(new Question.Wishes(many)))).isEmpty();
    }

    @Test
    void noGarbageMakesTheReaderThrow() {
        var random = new Random(1);
        for (int round = 0; round < 5_000; round++) {
            Request request = REQUESTS.get(random.nextInt(REQUESTS.size()));
            byte[] bytes = LedgerWire.encode(new Question.Raft(101, request));
            byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            if (cut.length > 0) {
                cut[random.nextInt(cut.length)] = (byte) random.nextInt();
            }
            LedgerWire.question(cut);
            LedgerWire.raftAnswer(cut);
            LedgerWire.leaseAnswer(cut);
            LedgerFields.entry(cut);
        }
    }
}
