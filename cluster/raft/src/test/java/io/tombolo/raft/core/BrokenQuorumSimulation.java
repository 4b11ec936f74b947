package io.tombolo.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Map.entry;

import io.tombolo.environment.Invariant;
import io.tombolo.raft.core.RaftEvent.Room;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Map;
import java.util.TreeMap;

/** A quorum that is broken on purpose is found out, and for the right reason. */
class BrokenQuorumSimulation {

    private static final int SEEDS_MAX = 400;

    private static final Map<Flaw, String> NOTICED_BY =
            Map.ofEntries(
                    entry(Flaw.VOTES_TWICE_IN_AN_EPOCH, "election safety"),
                    entry(Flaw.VOTES_FOR_A_SHORTER_LOG, "leader completeness"),
                    entry(Flaw.COUNTS_REFUSED_VOTES, "election safety"),
                    entry(Flaw.COUNTS_OWN_UNFORCED_RECORDS, "committed is durable on a majority"),
                    entry(
                            Flaw.FETCHES_BEFORE_ITS_LOG_IS_DURABLE,
                            "committed is durable on a majority"),
                    entry(Flaw.COMMITS_OLD_EPOCHS_BY_COUNTING, "leader completeness"),
                    entry(Flaw.IGNORES_DIVERGENCE, "log matching"),
                    entry(Flaw.ANSWERS_BEFORE_THE_VOTE_IS_DURABLE, "spoken epoch never goes back"),
                    entry(Flaw.APPLIES_HALF_A_BATCH, "atomic batches"),
                    entry(Flaw.KEEPS_HALF_A_SNAPSHOT, "applied prefix is equal"),
                    entry(
                            Flaw.VOTES_UNDER_ITS_OLD_KEY,
                            "a wiped replica never votes under its old key"),
                    entry(Flaw.STANDS_WITHOUT_A_VOTE, "only voters stand"),
                    entry(
                            Flaw.CHANGES_VOTERS_BEFORE_ITS_EPOCH_COMMITS,
                            "voters change in an epoch that has committed"),
                    entry(
                            Flaw.CHANGES_VOTERS_TWICE_AT_ONCE,
                            "at most one uncommitted voter change"),
                    entry(Flaw.ADDS_VOTERS_THAT_LAG, "an added voter has caught up"),
                    entry(Flaw.COUNTS_ITSELF_WITHOUT_A_VOTE, "committed is durable on a majority"),
                    entry(Flaw.LEADS_ON_WITHOUT_A_VOTE, "a removed leader steps down"),
                    entry(
                            Flaw.REMOVES_VOTERS_INTO_SILENCE,
                            "a removal leaves a majority that was heard"),
                    entry(Flaw.FOUNDS_WITH_A_MAJORITY, "a quorum begins once"),
                    entry(Flaw.TAKES_A_USED_DISK_FOR_NEW, "a quorum begins once"),
                    entry(Flaw.GOES_ON_WITHOUT_ROOM, "committed is durable on a majority"));

    /** Where to begin for flaws that show rarely, so that the build stays quick. */
    private static final Map<Flaw, Long> FIRST_SEED =
            Map.of(Flaw.COMMITS_OLD_EPOCHS_BY_COUNTING, 2250L);

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {
                "NONE",
                "STANDS_WITHOUT_ASKING",
                "LETS_A_HEALTHY_LEADER_BE_DEPOSED",
                "LEADS_ON_WITHOUT_ROOM",
                "BLAMES_THE_LEADER_FOR_ITS_OWN_PAUSE"
            })
    void everyFlawViolatesTheInvariantMeantForIt(Flaw flaw) {
        var noticed = new TreeMap<String, Long>();
        long first = FIRST_SEED.getOrDefault(flaw, 1L);
        for (long seed = first; seed < first + SEEDS_MAX; seed++) {
            noticed.putIfAbsent(noticedBy(seed, flaw), seed);
            if (noticed.containsKey(NOTICED_BY.get(flaw))) {
                break;
            }
        }

        assertThat(noticed)
                .as("%s: invariant and first seed", flaw)
                .containsKey(NOTICED_BY.get(flaw));
    }

    private static String noticedBy(long seed, Flaw flaw) {
        try {
            QuorumSimulation.run(
                    flaw == Flaw.COMMITS_OLD_EPOCHS_BY_COUNTING
                            ? new QuorumWorld(seed, flaw, 5, 0)
                            : new QuorumWorld(seed, flaw));
            return "nothing";
        } catch (QuorumInvariants.Violated violated) {
            return violated.invariant;
        } catch (AssertionError | Invariant.Broken other) {
            return "another check: " + other.getMessage();
        }
    }

    @Test
    void aVoterThatWasCutOffDoesNotDisturbAHealthyLeader() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(epochsAddedByAReturningVoter(seed, Flaw.NONE)).as("seed %d", seed).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STANDS_WITHOUT_ASKING", "LETS_A_HEALTHY_LEADER_BE_DEPOSED"})
    void withoutPreVoteAReturningVoterDisturbsAHealthyLeader(Flaw flaw) {
        long disturbances = 0;
        for (long seed = 1; seed <= 20; seed++) {
            disturbances += epochsAddedByAReturningVoter(seed, flaw);
        }

        assertThat(disturbances).isPositive();
    }

    @Test
    void aFollowerThatWasPausedDoesNotAskForVotesAtOnce() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(questionsOfAPausedFollower(seed, Flaw.NONE)).as("seed %d", seed).isZero();
        }
    }

    @Test
    void withoutTheExcuseAPausedFollowerAsksForVotesAtOnce() {
        int questions = 0;
        for (long seed = 1; seed <= 20; seed++) {
            questions += questionsOfAPausedFollower(seed, Flaw.BLAMES_THE_LEADER_FOR_ITS_OWN_PAUSE);
        }

        assertThat(questions).isPositive();
    }

    @Test
    void aLeaderWithoutRoomGivesItsPlaceToOneThatHasSome() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(leadsAfterItsDiskIsFull(seed, Flaw.NONE)).as("seed %d", seed).isFalse();
        }
    }

    @Test
    void withoutResigningALeaderWithoutRoomLeadsOn() {
        int leadsOn = 0;
        for (long seed = 1; seed <= 20; seed++) {
            leadsOn += leadsAfterItsDiskIsFull(seed, Flaw.LEADS_ON_WITHOUT_ROOM) ? 1 : 0;
        }

        assertThat(leadsOn).isPositive();
    }

    /** The leader of a quiet quorum has nothing left but its reserve; others have room. */
    private static boolean leadsAfterItsDiskIsFull(long seed, Flaw flaw) {
        var world = new QuorumWorld(seed, flaw, 3, 0);
        world.startAll();
        world.runFor(2000);
        SimulatedReplica leader =
                world.voters().stream().filter(SimulatedReplica::leads).findFirst().orElseThrow();
        leader.roomChanged(Room.RESERVE);
        world.runFor(1500);
        assertThat(world.voters()).filteredOn(SimulatedReplica::leads).hasSize(1);
        return leader.leads();
    }

    /** A follower of a quiet quorum is not scheduled for some election timeouts. */
    private static int questionsOfAPausedFollower(long seed, Flaw flaw) {
        var world = new QuorumWorld(seed, flaw, 3, 0);
        world.startAll();
        world.runFor(2000);
        int before = world.seen().get("Prospective");
        world.voters().stream()
                .filter(each -> each.role().equals("Follower"))
                .findFirst()
                .orElseThrow()
                .pause(800_000_000);
        world.runFor(1500);
        return world.seen().get("Prospective") - before;
    }

    @Test
    void aVoterThatWasRemovedWhileCutOffDoesNotDisturbTheOthers() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(epochsAddedByARemovedVoter(seed, Flaw.NONE)).as("seed %d", seed).isZero();
        }
    }

    @Test
    void withoutPreVoteARemovedVoterDisturbsTheOthers() {
        int disturbances = 0;
        for (long seed = 1; seed <= 20; seed++) {
            disturbances += epochsAddedByARemovedVoter(seed, Flaw.STANDS_WITHOUT_ASKING);
        }

        assertThat(disturbances).isPositive();
    }

    /** It never hears of its removal until it is back. */
    private static int epochsAddedByARemovedVoter(long seed, Flaw flaw) {
        var world = new QuorumWorld(seed, flaw, 3, 0);
        world.startAll();
        world.runFor(2000);
        SimulatedReplica leader =
                world.voters().stream().filter(SimulatedReplica::leads).findFirst().orElseThrow();
        int before = leader.epoch();
        SimulatedReplica removed = world.voters().get((leader.node() + 1) % 3);
        world.isolate(removed.node(), true);
        world.operator().request(leader, new VoterChange.Remove(removed.key()), 1_000_000_000);
        world.runFor(1500);
        assertThat(world.seen()).containsKey("change committed");
        world.isolate(removed.node(), false);
        world.runFor(1500);
        return world.voters().stream().mapToInt(SimulatedReplica::epoch).max().orElseThrow()
                - before;
    }

    /** A quiet quorum of three loses sight of one follower for a while, one way or both. */
    private static int epochsAddedByAReturningVoter(long seed, Flaw flaw) {
        var world = new QuorumWorld(seed, flaw, 3, 0);
        world.startAll();
        world.runFor(2000);
        SimulatedReplica leader =
                world.voters().stream().filter(SimulatedReplica::leads).findFirst().orElseThrow();
        int before = leader.epoch();
        int follower = (leader.node() + 1) % 3;
        if (seed % 2 == 0) {
            world.isolate(follower, true);
        } else {
            world.deafen(follower);
        }
        world.runFor(1500);
        world.isolate(follower, false);
        world.runFor(1500);
        return world.voters().stream().mapToInt(SimulatedReplica::epoch).max().orElseThrow()
                - before;
    }
}
