package io.tombolo.region.topology;

import io.tombolo.region.LinkName;
import io.tombolo.region.PolicyName;
import io.tombolo.region.link.LinkSpec.Gap;
import io.tombolo.region.link.LinkSpec.Recreate;
import io.tombolo.region.link.LinkSpec.Renaming;
import io.tombolo.region.link.LinkSpec.Selection;
import io.tombolo.region.link.LinkSpec.Start;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.topology.FailoverPolicy.Automatic;
import io.tombolo.region.topology.FailoverPolicy.Fence;
import io.tombolo.region.topology.FailoverPolicy.Moves;
import io.tombolo.region.topology.FailoverPolicy.RefuseIf;
import io.tombolo.region.topology.LinkEntry.Ends;
import io.tombolo.region.topology.LinkEntry.Limits;
import io.tombolo.region.topology.LinkEntry.Reverse;
import io.tombolo.region.topology.LinkEntry.Route;
import io.tombolo.region.topology.LinkEntry.Sync;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A link and the failover policies that follow it, as texts by name: what the metadata of a region
 * keep of them, and what a plan compares. Names are the keys of the file below {@code links.NAME},
 * those of policies begin with {@code failover.POLICY}; every value is one that the file takes. A
 * setting without a value is not there, one with a default always is.
 */
final class LinkSettings {

    /** The patterns of topics, comma-separated. */
    static final String TOPICS = "topics";

    /** The patterns of groups, comma-separated. */
    static final String GROUPS = "groups";

    /** The template of the names of copies. */
    static final String RENAME = "rename";

    private static final String START = "start";
    private static final String GAP = "gap";
    private static final String RECREATE = "recreate";
    private static final String CONFIGS = "sync.configs";
    private static final String ACLS = "sync.acls";
    private static final String OFFSETS = "sync.offsets";
    private static final String RATE = "limits.rate";
    private static final String MAX_LAG = "limits.maxLag";
    private static final String REVERSE = "reverse";
    private static final String POLICY = "failover.";
    private static final String MOVES = ".moves";
    private static final String POLICY_GROUPS = ".groups";
    private static final String FENCE = ".fence";
    private static final String LAG_OVER = ".refuseIf.lagOver";
    private static final String WRITING = ".refuseIf.sourceReachableAndWriting";
    private static final String NEVER = "never";
    private static final String MS = "ms";
    private static final String PER_SECOND = "B/s";
    private static final char COMMA = ',';
    private static final char ESCAPE = '\\';

    private LinkSettings() {}

    /** Everything that the file says of a link, defaults filled in. */
    static SortedMap<String, String> of(LinkEntry link, Collection<FailoverPolicy> policies) {
        var settings = new TreeMap<String, String>();
        settings.put(TOPICS, joined(link.topics()));
        settings.put(GROUPS, joined(link.groups()));
        if (!link.selection().renaming().equals(Renaming.NONE)) {
            settings.put(RENAME, link.selection().renaming().toString());
        }
        if (!(link.selection().start() instanceof Start.Earliest)) {
            settings.put(START, link.selection().start().toString());
        }
        if (link.selection().gap() != Gap.FAIL) {
            settings.put(GAP, word(link.selection().gap()));
        }
        if (link.selection().recreate() != Recreate.FAIL) {
            settings.put(RECREATE, word(link.selection().recreate()));
        }
        settings.put(CONFIGS, Boolean.toString(link.sync().configs()));
        settings.put(ACLS, Boolean.toString(link.sync().acls()));
        settings.put(OFFSETS, link.sync().offsets().map(LinkSettings::text).orElse(NEVER));
        link.limits().rate().ifPresent(rate -> settings.put(RATE, text(rate)));
        link.limits().maxLag().ifPresent(lag -> settings.put(MAX_LAG, text(lag)));
        settings.put(REVERSE, word(link.route().reverse()));
        for (FailoverPolicy policy : policies) {
            String name = POLICY + policy.name();
            settings.put(name + MOVES, word(policy.moves()));
            settings.put(name + POLICY_GROUPS, joined(policy.groups()));
            if (policy.fence() != Fence.REFUSE) {
                settings.put(name + FENCE, word(policy.fence()));
            }
            settings.put(
                    name + WRITING,
                    Boolean.toString(policy.refuseIf().sourceReachableAndWriting()));
            policy.refuseIf().lagOver().ifPresent(lag -> settings.put(name + LAG_OVER, text(lag)));
        }
        return Collections.unmodifiableSortedMap(settings);
    }

    /**
     * The link that settings describe; what they do not say is as by default.
     *
     * @throws IllegalArgumentException when a value is none
     */
    static LinkEntry link(LinkName name, Ends ends, SortedMap<String, String> settings) {
        var sync =
                new Sync(
                        flag(settings, CONFIGS, Sync.STANDARD.configs()),
                        flag(settings, ACLS, Sync.STANDARD.acls()),
                        settings.getOrDefault(OFFSETS, "").equals(NEVER)
                                ? Optional.empty()
                                : duration(settings, OFFSETS).or(Sync.STANDARD::offsets));
        return new LinkEntry(
                name,
                new Route(
                        ends.from(),
                        ends.to(),
                        word(settings, REVERSE, Reverse.class, Reverse.NONE)),
                new Selection(
                        filter(settings.getOrDefault(TOPICS, "")),
                        filter(settings.getOrDefault(GROUPS, "*")),
                        renaming(settings),
                        start(settings),
                        word(settings, GAP, Gap.class, Gap.FAIL),
                        word(settings, RECREATE, Recreate.class, Recreate.FAIL)),
                sync,
                new Limits(rate(settings), duration(settings, MAX_LAG)));
    }

    /**
     * The policies that follow the link. Who starts a failover is not among the settings: in this
     * release it is always an operator.
     *
     * @throws IllegalArgumentException when a value is none
     */
    static List<FailoverPolicy> policies(LinkName link, SortedMap<String, String> settings) {
        return policyNames(settings).stream()
                .map(policy -> policy(policy, link, settings))
                .toList();
    }

    private static FailoverPolicy policy(
            String policy, LinkName link, SortedMap<String, String> settings) {
        String name = POLICY + policy;
        return new FailoverPolicy(
                new PolicyName(policy),
                link,
                filter(settings.getOrDefault(name + POLICY_GROUPS, "*")),
                word(settings, name + MOVES, Moves.class, Moves.NOTHING),
                word(settings, name + FENCE, Fence.class, Fence.REFUSE),
                new RefuseIf(
                        duration(settings, name + LAG_OVER),
                        flag(
                                settings,
                                name + WRITING,
                                RefuseIf.STANDARD.sourceReachableAndWriting())),
                new Automatic.Never());
    }

    /** Every policy says what it moves. */
    private static SortedSet<String> policyNames(SortedMap<String, String> settings) {
        var names = new TreeSet<String>();
        for (String key : settings.keySet()) {
            if (key.startsWith(POLICY) && key.endsWith(MOVES)) {
                names.add(key.substring(POLICY.length(), key.length() - MOVES.length()));
            }
        }
        return names;
    }

    /** The filter that a setting stands for. */
    static NameFilter filter(String joined) {
        var patterns = new ArrayList<String>();
        var pattern = new StringBuilder();
        for (int index = 0; index < joined.length(); index++) {
            char character = joined.charAt(index);
            if (character == ESCAPE && index + 1 < joined.length()) {
                index++;
                pattern.append(joined.charAt(index));
            } else if (character == COMMA) {
                patterns.add(pattern.toString());
                pattern.setLength(0);
            } else {
                pattern.append(character);
            }
        }
        patterns.add(pattern.toString());
        return new NameFilter(patterns);
    }

    /** How the copies of a link with these settings are called. */
    static Renaming renaming(SortedMap<String, String> settings) {
        String template = settings.getOrDefault(RENAME, Renaming.TOPIC);
        return Renaming.of(template)
                .orElseThrow(
                        () -> new IllegalArgumentException("%s is %s".formatted(RENAME, template)));
    }

    private static Start start(SortedMap<String, String> settings) {
        String text = settings.getOrDefault(START, "earliest");
        return switch (text) {
            case "earliest" -> new Start.Earliest();
            case "latest" -> new Start.Latest();
            default -> new Start.At(Instant.parse(text));
        };
    }

    /** Names of groups may have commas, those of topics have not. */
    private static String joined(NameFilter filter) {
        return filter.patterns().stream()
                .map(pattern -> pattern.replace("\\", "\\\\").replace(",", "\\,"))
                .collect(Collectors.joining(","));
    }

    private static String text(Duration duration) {
        return duration.toMillis() + MS;
    }

    private static String text(ByteRate rate) {
        return rate.bytesPerSecond() + PER_SECOND;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static <E extends Enum<E>> E word(
            SortedMap<String, String> settings, String key, Class<E> type, E standard) {
        String text = settings.get(key);
        return text == null ? standard : Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
    }

    private static boolean flag(SortedMap<String, String> settings, String key, boolean standard) {
        String text = settings.get(key);
        return text == null ? standard : Boolean.parseBoolean(text);
    }

    private static Optional<Duration> duration(SortedMap<String, String> settings, String key) {
        return number(settings, key, MS).map(Duration::ofMillis);
    }

    private static Optional<ByteRate> rate(SortedMap<String, String> settings) {
        return number(settings, RATE, PER_SECOND).map(ByteRate::new);
    }

    private static Optional<Long> number(
            SortedMap<String, String> settings, String key, String unit) {
        String text = settings.get(key);
        if (text == null) {
            return Optional.empty();
        }
        if (!text.endsWith(unit)) {
            throw new IllegalArgumentException("%s is %s, not in %s".formatted(key, text, unit));
        }
        return Optional.of(Long.valueOf(text.substring(0, text.length() - unit.length())));
    }
}
