package io.tombolo.chaos;

import io.tombolo.chaos.Fault.Kind;
import io.tombolo.chaos.Fault.Target;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Schedules of faults, each following from its seed alone. */
final class FaultPlan {

    private static final int HELD_MS_MIN = 300;
    private static final int HELD_MS_MAX = 7_000;

    private FaultPlan() {}

    /** One of each that a build has time for, in an order of the seed's choice. */
    static List<Fault> brief(long seed) {
        var faults =
                new ArrayList<>(
                        List.of(
                                new Fault(Kind.KILL, Target.LEADER, 500, true),
                                new Fault(Kind.PAUSE, Target.CONTROLLER, 3_500, false),
                                new Fault(Kind.MUTE, Target.LEADER, 3_500, false),
                                new Fault(Kind.KILL_ALL, Target.LEADER, 200, false)));
        Collections.shuffle(faults, new Random(seed));
        return List.copyOf(faults);
    }

    /** So many faults of any kind, short and long, one after the other or into each other. */
    static List<Fault> of(long seed, int count, boolean cutClients) {
        var random = new Random(seed);
        var kinds =
                Arrays.stream(Kind.values())
                        .filter(kind -> cutClients || !kind.cutsClients())
                        .toList();
        var faults = new ArrayList<Fault>();
        for (int index = 0; index < count; index++) {
            Kind kind = kinds.get(random.nextInt(kinds.size()));
            Target target = Target.values()[random.nextInt(Target.values().length)];
            // Mostly around the timeouts, now and then far beyond.
            double share = Math.pow(random.nextDouble(), 2);
            int heldMs = HELD_MS_MIN + (int) (share * (HELD_MS_MAX - HELD_MS_MIN));
            faults.add(new Fault(kind, target, heldMs, random.nextInt(3) == 0));
        }
        return List.copyOf(faults);
    }
}
