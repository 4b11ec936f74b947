package io.tombolo.simulation.mutant;

import io.tombolo.broker.Broker;
import io.tombolo.environment.Disk;
import io.tombolo.environment.Environment;
import io.tombolo.environment.ForgetfulDisk;
import io.tombolo.environment.Network;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.registry.RegionRegistry;

import java.util.List;

/** Builds the environment of a broker, broken where the variant says so. */
public record Sabotage(Variant variant) {

    public Environment environment(Environment sound) {
        Disk disk =
                switch (variant) {
                    case DISK_FORGETS_TO_FORCE_LOGS ->
                            new ForgetfulDisk(
                                    sound.disk(),
                                    path ->
                                            path.toString().endsWith(".log")
                                                    && path.toString().contains("ledger"));
                    case DISK_FORGETS_TO_FORCE_OFFSETS ->
                            new ForgetfulDisk(
                                    sound.disk(),
                                    path ->
                                            path.toString().endsWith(".log")
                                                    && path.toString().contains("offsets"));
                    case METADATA_IS_NOT_FORCED ->
                            new ForgetfulDisk(
                                    sound.disk(), path -> path.toString().contains("metadata"));
                    default -> sound.disk();
                };
        return new Environment(
                sound.clock(),
                sound.loops(),
                network(sound.network()),
                disk,
                sound.offload(),
                sound.entropy());
    }

    private Network network(Network sound) {
        return switch (variant) {
            case ANSWERS_OVERTAKE -> new OvertakingAnswers(sound);
            case MARKERS_ARE_MIXED_UP, MARKERS_GET_LOST, EVERYTHING_IS_VERIFIED ->
                    new MisledBrokers(sound, variant);
            default -> sound;
        };
    }

    RegionRegistry registry(RegionRegistry sound) {
        return switch (variant) {
            case REGISTRY_FORGETS -> new UntruthfulRegistry(sound, _ -> List.of());
            case REGISTRY_FORGES_OWNERS ->
                    new UntruthfulRegistry(
                            sound, truth -> truth.stream().map(Sabotage::forged).toList());
            case REGISTRY_HIDES_WHAT_WAS_TAKEN ->
                    new UntruthfulRegistry(
                            sound, truth -> truth.stream().map(Sabotage::bare).toList());
            default -> sound;
        };
    }

    private static Ownership bare(Ownership truth) {
        return new Ownership(truth.domain(), truth.owner(), truth.epoch(), truth.mode());
    }

    /** Says of every domain that the first region owns it. */
    private static Ownership forged(Ownership truth) {
        return new Ownership(truth.domain(), new RegionId("eu"), truth.epoch(), truth.mode());
    }

    public Broker.Surroundings surroundings(Broker.Surroundings sound) {
        return new Broker.Surroundings(
                registry(sound.registry()),
                new SabotagedLinks(sound.links(), variant),
                sound.linkNetwork());
    }
}
