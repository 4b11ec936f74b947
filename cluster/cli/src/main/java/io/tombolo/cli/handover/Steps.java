package io.tombolo.cli.handover;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The numbered steps of one planned failover, told as each of them is done. */
final class Steps {

    private final int count;
    private final Consumer<String> line;
    private final List<Tree> done = new ArrayList<>();
    private long beganNanos = System.nanoTime();

    Steps(int count, Consumer<String> line) {
        this.count = count;
        this.line = line;
    }

    void done(String step, String detail) {
        long now = System.nanoTime();
        long ms = TimeUnit.NANOSECONDS.toMillis(now - beganNanos);
        beganNanos = now;
        done.add(Tree.fields().with("step", step).with("detail", detail).with("ms", ms));
        line.accept(
                "  %d/%d  %-24s ✓ %-58s %s"
                        .formatted(done.size(), count, step, detail, Amounts.ms(ms)));
    }

    Tree all() {
        return Tree.of(done);
    }
}
