package io.tombolo.cli.demo;

import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** Two regions, a link, a kill and a failover, every line measured. */
@Command(
        name = "demo",
        description = {
            "Plays failovers, planned and not, with two regions on this machine, a process for each"
                    + " broker; every line is measured.",
            "Stays up until Ctrl-C, then deletes everything."
        },
        footer = {
            "",
            "Example:",
            "  tombolo demo",
            "  tombolo demo --brokers 3",
            "  tombolo demo --script --wan 120ms"
        })
final class DemoCommand implements Callable<Integer> {

    private final Shell shell;

    @Option(names = "--script", description = "End after the story, with 0 or 1.")
    private boolean script;

    @Option(names = "--pause", description = "Wait for Enter between the steps.")
    private boolean pause;

    @Option(
            names = "--wan",
            paramLabel = "DURATION",
            description = "Emulated latency of the link, each way (default: 40ms).")
    private Duration wanOneWay = Duration.ofMillis(40);

    @Option(
            names = "--brokers",
            paramLabel = "COUNT",
            description =
                    "Brokers of each region, 1 or 3 (default: 1); of three, one is killed first,"
                            + " and records flow on.")
    private int brokerCount = 1;

    @Option(
            names = "--rate",
            paramLabel = "COUNT",
            description = "Records per second (default: 250).")
    private int rate = 250;

    DemoCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (rate < 1 || rate > 100_000 || wanOneWay.toMillis() > 5_000) {
            throw CommandFailure.of(Code.USAGE, "--rate is 1 to 100000 and --wan at most 5s")
                    .at("tombolo demo")
                    .fix("tombolo demo --rate 250 --wan 40ms")
                    .failure();
        }
        if (brokerCount != 1 && brokerCount != 3) {
            throw CommandFailure.of(Code.USAGE, "--brokers is 1 or 3")
                    .at("tombolo demo")
                    .why("two cannot do without one of them, and more prove nothing else")
                    .fix("tombolo demo --brokers 3")
                    .failure();
        }
        var narrator = new Narrator(shell, pause);
        try (var stage = new Stage(shell, brokerCount, wanOneWay)) {
            var interruption = new Interruption(shell, stage, narrator);
            try {
                boolean held = play(stage, narrator);
                if (!script) {
                    invite(stage);
                }
                stage.close();
                interruption.retract();
                return (held ? ExitCode.OK : ExitCode.FAILED).number();
            } catch (RuntimeException failure) {
                if (interruption.happened()) {
                    return ExitCode.FAILED.number(); // the process ends with the signal's own code
                }
                throw failure;
            }
        }
    }

    private boolean play(Stage stage, Narrator narrator) {
        var opening = new Opening(stage, narrator);
        ChildRegion eu = opening.startRegions();
        narrator.pause();
        opening.createTopic();
        opening.sayHello();
        narrator.pause();
        new Exchange(stage, narrator).thereAndBack();
        narrator.pause();
        var flow = new Flow(stage, narrator);
        Traffic traffic = flow.startTraffic(rate);
        GroupMember member = flow.startGroup();
        flow.tellPosition(member);
        flow.watchLag(traffic, wanOneWay);
        flow.compare();
        narrator.pause();
        if (eu.several()) {
            new Crash(stage, narrator, traffic).ofALeader(eu);
            narrator.pause();
        }
        var outage = new Outage(stage, narrator, traffic, member);
        outage.kill(eu);
        outage.failOver();
        outage.resume(rate);
        narrator.pause();
        var back = new Return(stage, narrator);
        back.ofTheOldOwner();
        narrator.pause();
        back.asACopy();
        return narrator.conclude();
    }

    private void invite(Stage stage) {
        String launcher = System.getProperty("tombolo.launcher", "tombolo");
        String file = stage.site().file().name();
        shell.note("");
        shell.note("Now yours:   " + launcher + " status -f " + file);
        shell.note("             echo hi | " + launcher + " topic produce orders -f " + file);
        shell.note("Ctrl-C stops both regions and deletes " + stage.site().folder());
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
