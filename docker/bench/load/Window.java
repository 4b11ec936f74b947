import com.sun.management.OperatingSystemMXBean;

import org.HdrHistogram.Histogram;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.LongAdder;

/**
 * The measured part of a run: wall clock, CPU time of this process and work done between two marks.
 */
final class Window {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final BufferedReader DRIVER =
            new BufferedReader(new InputStreamReader(System.in));

    private final long startNanos;
    private final long startCpuNanos;

    private Window() {
        mark("start");
        startNanos = System.nanoTime();
        startCpuNanos = PROCESS.getProcessCpuTime();
    }

    static Window open() {
        return new Window();
    }

    /** Closes the window and starts the result with what every throughput window has. */
    Load.Result close(double megabytes) {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        double clientCpuSeconds = (PROCESS.getProcessCpuTime() - startCpuNanos) / 1e9;
        mark("end");
        return new Load.Result()
                .add("mb", megabytes)
                .add("mb_s", megabytes / seconds)
                .add("seconds", seconds)
                .add("client_cpu_s", clientCpuSeconds);
    }

    static void mark(String name) {
        System.out.println("MARK " + name);
        System.out.flush();
    }

    static void awaitDriver() throws IOException {
        DRIVER.readLine();
    }

    /** Windows of fixed work, not of fixed time, stay comparable on a machine that is disturbed. */
    static void awaitWork(LongAdder counter, double amount, double secondsMax) {
        long before = counter.sum();
        long deadline = System.nanoTime() + (long) (secondsMax * 1e9);
        while (counter.sum() - before < amount && System.nanoTime() < deadline) {
            sleepMs(5);
        }
    }

    static void sleepMs(long ms) {
        try {
            Thread.sleep(Math.max(0, ms));
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    /** Percentiles of a histogram of nanoseconds. */
    static void percentiles(Load.Result result, String prefix, Histogram nanos) {
        for (double percentile : new double[] {50, 99, 99.9, 100}) {
            String name =
                    prefix + "_p" + String.valueOf(percentile).replace(".0", "").replace(".", "");
            result.add(
                    name + "_ms",
                    nanos.getTotalCount() == 0
                            ? Double.NaN
                            : nanos.getValueAtPercentile(percentile) / 1e6);
        }
    }
}
