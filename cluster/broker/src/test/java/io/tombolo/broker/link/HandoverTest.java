package io.tombolo.broker.link;

import static io.tombolo.broker.Worlds.LINK;
import static io.tombolo.broker.link.LinkedRegions.EU_1;
import static io.tombolo.broker.link.LinkedRegions.PARTITIONS;
import static io.tombolo.broker.link.LinkedRegions.RECORDS;
import static io.tombolo.broker.link.LinkedRegions.US_1;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.handover.HandoverDesk.Copies;
import io.tombolo.broker.handover.HandoverDesk.Standing;
import io.tombolo.broker.handover.HandoverWorker;
import io.tombolo.controller.command.Answer;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Ownership.Mode;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.TreeMap;

/**
 * {@code eu} hands the topic over that {@code us} has copied; real brokers on simulated machines.
 */
class HandoverTest {

    private LinkedRegions regions = new LinkedRegions(1);

    @BeforeEach
    void aCopy() {
        regions = LinkedRegions.mirroring(1);
    }

    @Test
    void theOtherRegionWritesOnlyOnceItHasEverything() {
        begin();
        assertThat(regions.takesWrites(EU_1)).isFalse();
        fenced();
        assertThat(regions.takesWrites(US_1)).isFalse();
        Copies copies = arrived();

        assertThat(complete(copies)).isInstanceOf(Answer.Done.class);

        regions.run("us writes", () -> regions.takesWrites(US_1));
        assertThat(regions.takesWrites(EU_1)).isFalse();
        assertThat(ownership(EU_1).owner().name()).isEqualTo("us");
        assertThat(ownership(US_1).mode()).isEqualTo(Mode.STEADY);
        for (int index = 0; index < PARTITIONS; index++) {
            assertThat(leader(US_1, index).highWatermark()).isEqualTo(RECORDS);
            assertThat(leader(EU_1, index).log().endOffset()).isEqualTo(RECORDS);
        }
    }

    @Test
    void whatIsTakenBackIsWrittenAgainAndCopiedOn() {
        begin();
        fenced();
        Copies copies = arrived();

        takeBack();

        regions.run("eu writes", () -> regions.takesWrites(EU_1));
        assertThat(complete(copies)).isInstanceOf(Answer.Refused.class);
        assertThat(ownership(EU_1).epoch()).isEqualTo(3);
        regions.produce(EU_1, 0, LinkedRegions.oneRecord());
        regions.run("copied", () -> leader(US_1, 0).highWatermark() == RECORDS + 1);
        assertThat(regions.takesWrites(US_1)).isFalse();
    }

    @Test
    void aHandoverThatNobodyCompletesIsTakenBackInTheEnd() {
        begin();
        regions.kill(US_1);

        regions.runFor(HandoverWorker.PATIENCE.plus(Duration.ofSeconds(2)));

        assertThat(regions.takesWrites(EU_1)).isTrue();
        assertThat(ownership(EU_1).mode()).isEqualTo(Mode.STEADY);
    }

    @Test
    void aRestartInTheMiddleChangesNothing() {
        begin();
        fenced();

        regions.restart(EU_1);

        assertThat(ownership(EU_1).mode()).isEqualTo(Mode.HANDOVER);
        regions.run(
                "leads again",
                () ->
                        regions.find(EU_1, 0)
                                .filter(one ->
                                        one.role()
                                                instanceof
                                                Role.Leader(_, Role.WriteAccess.HandingOver _))
                                .isPresent());
        assertThat(standing().unfenced()).isEmpty();
        assertThat(complete(arrived())).isInstanceOf(Answer.Done.class);
        regions.run("us writes", () -> regions.takesWrites(US_1));
    }

    @Test
    void whatTheOtherRegionHasMissedIsWaitedFor() {
        regions.kill(US_1);
        regions.produce(EU_1, 1, LinkedRegions.oneRecord());
        begin();
        fenced();
        Copies none = new Copies(2, new TreeMap<>());
        assertThat(complete(none)).isInstanceOf(Answer.Refused.class);

        regions.restart(US_1);

        Copies copies = arrived();
        assertThat(complete(copies)).isInstanceOf(Answer.Done.class);
        regions.run("us writes", () -> regions.takesWrites(US_1));
        assertThat(leader(US_1, 1).highWatermark()).isEqualTo(RECORDS + 1);
    }

    // --- what operators do

    private LinkEntry link() {
        return regions.core(EU_1).settings().topology().links().get(LINK);
    }

    private void begin() {
        var answers = new ArrayList<Answer<Ownership>>();
        regions.ask(
                EU_1,
                core -> {
                    core.takeovers().desk().begin(link(), "test", answers::add);
                    return true;
                });
        regions.run("begun", () -> !answers.isEmpty());
        assertThat(answers.getFirst()).isInstanceOf(Answer.Done.class);
        regions.run("held", () -> !regions.takesWrites(EU_1));
    }

    private void takeBack() {
        var answers = new ArrayList<Answer<Ownership>>();
        regions.ask(
                EU_1,
                core -> {
                    core.takeovers().desk().takeBack(link(), "test", answers::add);
                    return true;
                });
        regions.run("taken back", () -> !answers.isEmpty());
        assertThat(answers.getFirst()).isInstanceOf(Answer.Done.class);
    }

    private Answer<?> complete(Copies copies) {
        var answers = new ArrayList<Answer<?>>();
        regions.ask(
                EU_1,
                core -> {
                    core.takeovers()
                            .desk()
                            .complete(
                                    link(),
                                    copies.ownershipEpoch(),
                                    copies.ends(),
                                    "test",
                                    answers::add);
                    return true;
                });
        regions.run("answered", () -> !answers.isEmpty());
        return answers.getFirst();
    }

    private Standing standing() {
        return regions.ask(EU_1, core -> core.takeovers().desk().standing(link()));
    }

    private void fenced() {
        regions.run(
                "fenced",
                () ->
                        regions.image(EU_1)
                                        .region()
                                        .handovers()
                                        .fencesOf(new DomainName(LINK.name()))
                                        .size()
                                == PARTITIONS);
    }

    /** What us has, once that is everything. */
    private Copies arrived() {
        for (int look = 0; look < 200; look++) {
            var copies = new ArrayList<Copies>();
            regions.ask(
                    US_1,
                    core -> {
                        core.takeovers().desk().copies(LINK, copies::add);
                        return true;
                    });
            regions.run("told", () -> !copies.isEmpty());
            if (standing().behind(copies.getFirst().ends()).isEmpty()
                    && copies.getFirst().ownershipEpoch() > 0) {
                return copies.getFirst();
            }
            regions.runFor(Duration.ofMillis(100));
        }
        throw new AssertionError("us never has everything: " + standing());
    }

    private Ownership ownership(String host) {
        return regions.image(host)
                .region()
                .ownershipOf(new DomainName(LINK.name()))
                .map(OwnershipRecord::ownership)
                .orElseThrow();
    }

    private Partition leader(String host, int index) {
        return regions.find(host, index).orElseThrow();
    }
}
