package io.tombolo.simulation.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.fault.Fault;
import io.tombolo.simulation.site.Shape;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

class ScriptTest {

    private static final int SEEDS = 60;
    private static final Script.Cast LARGE =
            new Script.Cast(
                    List.of("eu-1", "eu-2", "eu-3"),
                    List.of("us-1", "us-2", "us-3", "us-4", "us-5"),
                    "client",
                    Shape.Story.PLAIN);

    @Test
    void everyMachineAndEveryPairOfMachinesIsStruck() {
        Set<String> killed = new HashSet<>();
        Set<List<String>> cut = new HashSet<>();
        for (Fault fault : faults(LARGE)) {
            if (fault instanceof Fault.Kill(String host)) {
                killed.add(host);
            } else if (fault instanceof Fault.Cut(String from, String to)) {
                cut.add(List.of(from, to));
            }
        }

        assertThat(killed).containsExactlyInAnyOrderElementsOf(LARGE.brokers());
        assertThat(cut).contains(List.of("eu-1", "eu-3"), List.of("us-5", "us-1"));
    }

    @Test
    void onlyAMinorityOfReplicasIsEverWiped() {
        Set<String> wiped = new HashSet<>();
        for (Fault fault : faults(LARGE)) {
            if (fault instanceof Fault.WipeDisk(String host)) {
                wiped.add(host);
            }
        }

        assertThat(wiped).containsExactlyInAnyOrder("eu-3", "us-4", "us-5");
    }

    @Test
    void aPartOfAScriptKeepsItsNumbers() {
        var script = drawn(1, LARGE);
        var numbers = new TreeSet<>(Set.of(0, 3));

        assertThat(script.only(numbers).steps())
                .containsExactly(script.steps().get(0), script.steps().get(3));
    }

    private static Script drawn(long seed, Script.Cast cast) {
        return Script.drawn(new SimulatedEntropy(seed), cast, Duration.ofSeconds(30));
    }

    private static List<Fault> faults(Script.Cast cast) {
        var found = new ArrayList<Fault>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            for (Script.Numbered step : drawn(seed, cast).steps()) {
                if (step.step() instanceof Step.Breaks(Fault fault)) {
                    found.add(fault);
                }
            }
        }
        return found;
    }
}
