package io.tombolo.cli.demo;

import io.tombolo.cli.admin.RegionAdmin;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.Shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the story plays on: the folder, the processes of two regions, and whoever reads or writes.
 */
final class Stage implements AutoCloseable {

    private final Shell shell;
    private final DemoSite site;
    private final Duration wanOneWay;
    private final List<AutoCloseable> actors = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @param brokerCount of each region
     */
    Stage(Shell shell, int brokerCount, Duration wanOneWay) {
        this.shell = shell;
        this.site = DemoSite.create(brokerCount);
        this.wanOneWay = wanOneWay;
    }

    Shell shell() {
        return shell;
    }

    DemoSite site() {
        return site;
    }

    Duration wanOneWay() {
        return wanOneWay;
    }

    /** Starts the brokers of a region; only the end of the link feels the emulated distance. */
    ChildRegion region(String region) {
        return act(
                ChildRegion.start(site, region, region.equals("us") ? wanOneWay : Duration.ZERO));
    }

    /**
     * Makes sure that something ends with the stage.
     *
     * @throws IllegalStateException when the stage has ended already, and the actor with it
     */
    <T extends AutoCloseable> T act(T actor) {
        synchronized (this) {
            actors.add(actor);
            if (!closed.get()) {
                return actor;
            }
        }
        end(actor);
        throw new IllegalStateException("the demo has ended");
    }

    /** What a region says of itself. */
    Tree status(String region) {
        return RegionAdmin.of(shell, site.file(), site.region(region)).require("/api/v1/status");
    }

    /** The failure for a step that did not come to its end. */
    static CommandFailure failure(String claim, String seen) {
        return CommandFailure.of(Code.DEMO_FAILED, claim)
                .at("the demo")
                .seen(seen)
                .fix("tombolo demo -v        tells more", "report it with what it printed")
                .failure();
    }

    /** Ends everybody, the processes with SIGKILL, and deletes the folder. Repeatable. */
    @Override
    public void close() {
        List<AutoCloseable> leaving;
        synchronized (this) {
            if (!closed.compareAndSet(false, true)) {
                return;
            }
            leaving = List.copyOf(actors.reversed());
        }
        leaving.forEach(this::end);
        site.delete();
    }

    private void end(AutoCloseable actor) {
        try {
            actor.close();
        } catch (Exception late) {
            shell.note("while closing: " + late.getMessage());
        }
    }
}
