package io.tombolo.region.topology.file;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with units: {@code 6h}, {@code 64MB}, {@code 80MB/s}. */
final class Units {

    /** What durations look like, for messages. */
    static final String DURATION_EXAMPLES = "500ms, 30s, 10m, 6h or 7d";

    /** What rates look like, for messages. */
    static final String RATE_EXAMPLES = "80MB/s or 10MiB/s";

    private static final Pattern NUMBER_AND_UNIT =
            Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)\\s*([a-zA-Z]{1,4})(/s)?");

    private static final Map<String, Duration> DURATIONS =
            Map.of(
                    "ms", Duration.ofMillis(1),
                    "s", Duration.ofSeconds(1),
                    "m", Duration.ofMinutes(1),
                    "min", Duration.ofMinutes(1),
                    "h", Duration.ofHours(1),
                    "d", Duration.ofDays(1));

    private static final Map<String, Long> SIZES =
            Map.ofEntries(
                    Map.entry("B", 1L),
                    Map.entry("kB", 1_000L),
                    Map.entry("KB", 1_000L),
                    Map.entry("MB", 1_000_000L),
                    Map.entry("GB", 1_000_000_000L),
                    Map.entry("TB", 1_000_000_000_000L),
                    Map.entry("KiB", 1L << 10),
                    Map.entry("MiB", 1L << 20),
                    Map.entry("GiB", 1L << 30),
                    Map.entry("TiB", 1L << 40));

    private Units() {}

    /** A duration of whole milliseconds; empty when the text is none. */
    static Optional<Duration> duration(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        if (!matcher.matches() || matcher.group(3) != null) {
            return Optional.empty();
        }
        Duration unit = DURATIONS.get(matcher.group(2));
        return unit == null
                ? Optional.empty()
                : whole(matcher.group(1), unit.toMillis()).map(Duration::ofMillis);
    }

    /** A size in bytes; empty when the text is none. */
    static Optional<Long> size(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        return matcher.matches() && matcher.group(3) == null ? bytes(matcher) : Optional.empty();
    }

    /** A rate in bytes per second; empty when the text is none. */
    static Optional<Long> rate(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        return matcher.matches() && matcher.group(3) != null ? bytes(matcher) : Optional.empty();
    }

    private static Optional<Long> bytes(Matcher matcher) {
        Long unit = SIZES.get(matcher.group(2));
        return unit == null ? Optional.empty() : whole(matcher.group(1), unit);
    }

    private static Optional<Long> whole(String number, long unit) {
        try {
            return Optional.of(
                    new BigDecimal(number).multiply(BigDecimal.valueOf(unit)).longValueExact());
        } catch (ArithmeticException fractionOrOverflow) {
            return Optional.empty();
        }
    }
}
