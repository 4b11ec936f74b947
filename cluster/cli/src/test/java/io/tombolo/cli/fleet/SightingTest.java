package io.tombolo.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.process.BrokerProgram;
import io.tombolo.cli.process.PidFile;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process is a broker only when its command line says so. */
class SightingTest {

    @TempDir private Path folder;

    private final List<Process> children = new ArrayList<>();
    private Member member;
    private Member other;

    @BeforeEach
    void findMembers() throws IOException {
        List<Member> members = Members.of(folder, 2);
        member = members.getFirst();
        other = members.getLast();
        Files.createDirectories(member.runFolder());
    }

    @AfterEach
    void endChildren() throws InterruptedException {
        for (Process child : children) {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void aBrokerThatWasNeverStartedIsNothing() {
        assertThat(Sighting.of(member)).isEqualTo(new Sighting.Nothing());
    }

    @Test
    void aBrokerIsKnownByThePidFileOnItsCommandLine() throws IOException {
        Process broker = child(member);
        PidFile.write(member.pidFile(), broker.pid());

        assertThat(Sighting.of(member)).isEqualTo(new Sighting.Running(broker.toHandle()));
        assertThat(Sighting.of(other)).isEqualTo(new Sighting.Nothing());
    }

    @Test
    void aBrokerIsFoundWithoutItsPidFile() throws IOException {
        Process broker = child(member);

        assertThat(Sighting.of(member)).isEqualTo(new Sighting.Running(broker.toHandle()));
    }

    @Test
    void aNumberThatBelongsToAnotherProgramIsAStranger() throws IOException {
        long self = ProcessHandle.current().pid();
        PidFile.write(member.pidFile(), self);

        assertThat(Sighting.of(member))
                .isInstanceOfSatisfying(
                        Sighting.Stranger.class,
                        stranger -> assertThat(stranger.pid()).isEqualTo(self));
    }

    @Test
    void aNumberThatBelongsToAnotherBrokerIsAStranger() throws IOException {
        Process broker = child(other);
        PidFile.write(member.pidFile(), broker.pid());

        assertThat(Sighting.of(member)).isInstanceOf(Sighting.Stranger.class);
    }

    @Test
    void aNumberOfNobodyIsGone() throws Exception {
        Process broker = child(member);
        PidFile.write(member.pidFile(), broker.pid());
        broker.destroyForcibly().waitFor();

        assertThat(Sighting.of(member)).isEqualTo(new Sighting.Gone(broker.pid()));
        assertThat(Condition.of(member).state()).isEqualTo(Condition.State.ENDED);
    }

    @Test
    void whatIsNoNumberIsNoHint() throws IOException {
        Files.writeString(member.pidFile(), "not a number\n");

        assertThat(Sighting.of(member)).isEqualTo(new Sighting.Nothing());
    }

    @Test
    void aPidFileIsRemovedOnlyByTheProcessThatItNames() throws IOException {
        PidFile.write(member.pidFile(), ProcessHandle.current().pid());
        PidFile.write(other.pidFile(), 1);

        PidFile.removeOwn(member.pidFile());
        PidFile.removeOwn(other.pidFile());

        assertThat(member.pidFile()).doesNotExist();
        assertThat(other.pidFile()).exists();
    }

    /** A process with the command line of a broker; the shell is told what to do by its input. */
    private Process child(Member like) throws IOException {
        Process child =
                new ProcessBuilder(
                                "sh",
                                "-s",
                                "broker",
                                BrokerProgram.PID_FILE_OPTION,
                                like.pidFile().toString())
                        .start();
        children.add(child);
        return child;
    }
}
