package io.tombolo.simulation.world;

import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.simulation.client.AdminChange;
import io.tombolo.simulation.client.Administering;
import io.tombolo.simulation.law.AdminWatch;
import io.tombolo.simulation.law.AdminWatch.Subject;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Site;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Chooses what is changed in a region; now and then something that has to be refused. */
final class Steward {

    private static final String PREFIX = "admin-";
    private static final int REPLICAS = 2;
    private static final int REPLICAS_OF_OTHERS = 3;
    private static final int NOBODY = 99;
    private static final List<String> KEYS = List.of("retention.ms", "segment.ms");

    private final Site site;
    private final SimulatedEntropy dice;
    private final Administering admin;
    private final BooleanSupplier movable;
    private int topicCount;
    private int valueCount;

    /**
     * @param movable whether replicas may be moved now
     */
    Steward(Site site, SimulatedEntropy dice, Administering admin, BooleanSupplier movable) {
        this.site = site;
        this.dice = dice;
        this.admin = admin;
        this.movable = movable;
    }

    /** Whether a topic is one of those that come and go. */
    static boolean owns(String topic) {
        return topic.startsWith(PREFIX);
    }

    /** Changes something. */
    void act() {
        admin.change(this::plan);
    }

    boolean done() {
        return admin.done();
    }

    private Optional<AdminChange> plan(MetadataImage now) {
        List<TopicImage> topics =
                now.topics().byId().values().stream().filter(it -> owns(it.name())).toList();
        if (topics.isEmpty() || dice.chance(0.2)) {
            return Optional.of(create());
        }
        TopicImage topic = topics.get(dice.nextInt(topics.size()));
        return switch (dice.nextInt(9)) {
            case 0 -> Optional.of(new AdminChange.Delete(topic.name()));
            case 1, 2 -> Optional.of(grow(topic));
            case 3, 4, 5 -> Optional.of(set(now, topic));
            case 6 -> Optional.of(elect(topic));
            default -> movable.getAsBoolean() ? Optional.of(move(now, topic)) : Optional.empty();
        };
    }

    private AdminChange create() {
        boolean impossible = dice.chance(0.1);
        topicCount++;
        return new AdminChange.Create(
                PREFIX + topicCount, (int) dice.between(1, 3), impossible ? NOBODY : REPLICAS);
    }

    private AdminChange grow(TopicImage topic) {
        int count = topic.partitions().count();
        int wanted = dice.chance(0.2) ? count : count + (int) dice.between(1, 2);
        return new AdminChange.Grow(topic.name(), wanted, Integer.toString(count));
    }

    private AdminChange set(MetadataImage now, TopicImage topic) {
        String key = KEYS.get(dice.nextInt(KEYS.size()));
        valueCount++;
        String value = dice.chance(0.1) ? "often" : Integer.toString(100_000_000 + valueCount);
        var subject = new Subject.Config(topic.name(), key);
        return new AdminChange.Set(topic.name(), key, value, AdminWatch.actual(now, subject));
    }

    private static AdminChange elect(TopicImage topic) {
        var all = IntStream.range(0, topic.partitions().count()).boxed().toList();
        return new AdminChange.Elect(topic.name(), all);
    }

    /** What is under way is called off, or something else begun. */
    private AdminChange move(MetadataImage now, TopicImage admins) {
        boolean large = site.brokers().size() > REPLICAS_OF_OTHERS && dice.chance(0.5);
        TopicImage topic = large ? now.topics().topic("orders").orElse(admins) : admins;
        int index = dice.nextInt(topic.partitions().count());
        PartitionRegistration partition = topic.partitions().get(index);
        var had = new TreeSet<>(partition.replicas().asList());
        had.removeAll(partition.adding().asList());
        String before = had.toString();
        if (partition.reassigning()) {
            return new AdminChange.Move(topic.name(), index, List.of(), before, before);
        }
        int count = owns(topic.name()) ? REPLICAS : REPLICAS_OF_OTHERS;
        List<Integer> targets = dice.chance(0.1) ? List.of(1, NOBODY) : someBrokers(count);
        String value = new TreeSet<>(targets).toString();
        return new AdminChange.Move(topic.name(), index, targets, value, before);
    }

    private List<Integer> someBrokers(int count) {
        var ids = new ArrayList<>(site.brokers().stream().map(Machine::id).toList());
        var chosen = new ArrayList<Integer>();
        while (chosen.size() < count) {
            chosen.add(ids.remove(dice.nextInt(ids.size())));
        }
        return chosen;
    }
}
