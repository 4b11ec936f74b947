package io.tombolo.broker.admin;

import io.tombolo.broker.drain.DrainReport;
import io.tombolo.metadata.record.BrokerRecord.Drain;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How far a broker is on its way to be empty, as JSON:
 *
 * <pre>
 * GET  /api/v1/drains                                      all that are wanted, as a list
 * GET  /api/v1/drains/{broker}                             one; 404 when it is not registered
 * POST /api/v1/drains/{broker}?goal=empty|leave|none&amp;reason=...   orders it, answers as GET
 *
 * {
 *   "broker": 2,
 *   "goal": "none" | "empty" | "leave",   leave: taken out of the region when empty and stopped
 *   "reason": "new disk",                 what was said with the order
 *   "state": "none" | "moving" | "stuck" | "empty",
 *   "fenced": false,                      out of service, or stopped
 *   "replicasLeft": 120,
 *   "replicasMoving": 50,
 *   "leadersLeft": 3,
 *   "bytesLeft": 123456789,               null when the broker does not answer
 *   "bytesPerSecond": 1000000,            null until it was asked for twice, a second apart
 *   "secondsLeft": 124,                   null when there is no telling
 *   "stuck": [ {"partition": "orders-3", "why": "..."} ],     100 at most
 *   "slow": [ "..." ]                     what holds up replicas that are on their way, 5 at most
 * }
 * </pre>
 *
 * Errors: 400 unknown goal, 404 the broker is not registered, 409 refused, 503 no controller.
 */
final class DrainView {

    private DrainView() {}

    static Map<String, @Nullable Object> of(DrainReport report) {
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("broker", report.brokerId());
        view.put("goal", word(report.drain().goal()));
        view.put("reason", report.drain().cause());
        view.put("state", word(report.state()));
        view.put("fenced", report.fenced());
        view.put("replicasLeft", report.left().replicas());
        view.put("replicasMoving", report.left().moving());
        view.put("leadersLeft", report.left().leaders());
        view.put("bytesLeft", number(report.left().bytes()));
        view.put("bytesPerSecond", number(report.speed().bytesPerSecond()));
        view.put("secondsLeft", number(report.speed().secondsLeft()));
        view.put(
                "stuck",
                report.drain().wanted()
                        ? report.stuck().entrySet().stream()
                                .map(one ->
                                        Map.of(
                                                "partition",
                                                one.getKey().toString(),
                                                "why",
                                                one.getValue()))
                                .toList()
                        : List.of());
        view.put("slow", report.slow());
        return view;
    }

    /** The goal with a name; null for an unknown one. */
    static Drain.@Nullable Goal goal(String name) {
        for (Drain.Goal goal : Drain.Goal.values()) {
            if (word(goal).equals(name)) {
                return goal;
            }
        }
        return null;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable Long number(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
