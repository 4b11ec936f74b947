package io.tombolo.cli.region;

import io.tombolo.cli.admin.AdminAnswer;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.Shell;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Tells a region what shall become of the replicas of one of its brokers, and watches. The order is
 * kept by the region: who watches may go at any time, and the work goes on.
 */
final class DrainOrder {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final long TELL_EVERY_MS = 10_000;

    /** Of a broker that is stuck for longer, nothing changes by itself. */
    private static final long STUCK_MS_MAX = 5_000;

    private static final int REASONS_SHOWN = 3;

    private final Shell shell;
    private final BrokerTarget target;

    DrainOrder(Shell shell, BrokerTarget target) {
        this.shell = shell;
        this.target = target;
    }

    /**
     * Gives the order.
     *
     * @param goal {@code empty}, {@code leave} or {@code none}
     * @return how far it is
     */
    Tree give(String goal, String reason) {
        String query =
                "?goal=" + goal + "&reason=" + URLEncoder.encode(reason, StandardCharsets.UTF_8);
        AdminAnswer answer = target.region().post(path() + query);
        if (answer.status() == 409 || answer.status() == 404) {
            throw CommandFailure.of(
                            Code.DRAIN_REFUSED,
                            "region %s does not take the order for broker %s"
                                    .formatted(target.region().id(), target.name()))
                    .at("broker " + target.name())
                    .seen(answer.body().at("error").text())
                    .fix("tombolo broker list        shows the brokers that are registered")
                    .failure();
        }
        if (!answer.ok()) {
            throw target.region().unexpected(answer);
        }
        return answer.body();
    }

    /**
     * Waits until nothing is left on the broker, telling how far it is as soon as there is a speed
     * to tell of, when something holds it up that did not before, and now and then.
     *
     * @return what the region said last; a broker that has left the region is not there any more
     * @throws CommandFailure when it takes longer than this, or nothing moves
     */
    Tree await(Tree first, Duration patience) {
        long startNanos = System.nanoTime();
        boolean told = false;
        boolean heldUp = false;
        long toldMs = 0;
        long movedMs = 0;
        Tree now = first;
        while (now.present() && !now.at("state").text().equals("empty")) {
            long ms = (System.nanoTime() - startNanos) / 1_000_000;
            boolean stuck = now.at("state").text().equals("stuck");
            movedMs = stuck ? movedMs : ms;
            if (ms - movedMs > STUCK_MS_MAX || ms > patience.toMillis()) {
                throw stuck ? stuck(now) : late(now, ms);
            }
            boolean firstSpeed = !told && now.at("bytesPerSecond").number(0) > 0;
            boolean newlyHeldUp = !heldUp && !now.at("slow").items().isEmpty();
            if (firstSpeed || newlyHeldUp || ms - toldMs >= TELL_EVERY_MS) {
                told = true;
                heldUp |= newlyHeldUp;
                toldMs = ms;
                shell.note("%s (%s): %s".formatted(target.name(), Amounts.ms(ms), progress(now)));
            }
            pause();
            now = look();
        }
        return now;
    }

    private Tree look() {
        AdminAnswer answer = target.region().get(path());
        if (answer.status() == 404) {
            return Tree.NOTHING;
        }
        if (!answer.ok()) {
            throw target.region().unexpected(answer);
        }
        return answer.body();
    }

    /** What is left, how fast it goes, what does not, and what holds the rest up. */
    static String progress(Tree now) {
        var text = new StringBuilder();
        text.append(Amounts.of(now.at("replicasLeft").number(0), "replica")).append(" left, ");
        text.append(now.at("replicasMoving").number(0)).append(" on their way");
        if (now.at("bytesLeft").present()) {
            text.append(", ").append(Amounts.bytes(now.at("bytesLeft").number(0)));
        }
        if (now.at("bytesPerSecond").number(0) > 0) {
            text.append(" at ").append(Amounts.bytes(now.at("bytesPerSecond").number(0)));
            text.append("/s");
        }
        if (now.at("secondsLeft").present()) {
            long ms = 1000 * now.at("secondsLeft").number(0);
            text.append(", about ").append(Amounts.ms(ms)).append(" to go");
        }
        String reasons = reasons(now);
        text.append(reasons.isEmpty() ? "" : "; stuck: " + reasons);
        List<Tree> slow = now.at("slow").items();
        if (!slow.isEmpty()) {
            text.append("; held up: ");
            text.append(slow.stream().map(Tree::text).collect(Collectors.joining("; ")));
        }
        return text.toString();
    }

    private static String reasons(Tree now) {
        List<Tree> stuck = now.at("stuck").items();
        return stuck.stream()
                        .limit(REASONS_SHOWN)
                        .map(one -> one.at("partition").text() + ": " + one.at("why").text())
                        .collect(Collectors.joining("; "))
                + (stuck.size() > REASONS_SHOWN
                        ? "; and %d more".formatted(stuck.size() - REASONS_SHOWN)
                        : "");
    }

    private CommandFailure stuck(Tree now) {
        return CommandFailure.of(
                        Code.DRAIN_STUCK, "broker %s cannot be emptied".formatted(target.name()))
                .at("broker " + target.name())
                .seen(progress(now))
                .why("the order stands: it goes on as soon as it can")
                .fix(
                        "tombolo broker list        shows who could take the replicas",
                        "tombolo broker undrain %s        takes the order back"
                                .formatted(target.name()))
                .failure();
    }

    private CommandFailure late(Tree now, long ms) {
        return CommandFailure.of(
                        Code.TIMED_OUT,
                        "broker %s is not empty after %s".formatted(target.name(), Amounts.ms(ms)))
                .at("broker " + target.name())
                .seen(progress(now))
                .why("the order stands, and the work goes on")
                .fix(
                        "tombolo broker drain %s        watches again".formatted(target.name()),
                        "wait longer: --timeout 2h")
                .failure();
    }

    private String path() {
        return "/api/v1/drains/" + target.id();
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_EVERY);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stop);
        }
    }
}
