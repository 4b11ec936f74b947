package io.tombolo.cli.doctor;

import io.tombolo.region.RegionId;
import io.tombolo.region.link.FollowedConfigs;
import io.tombolo.region.link.NameFilter;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Both ends as Kafka's own client sees them: which topics there are, whether copies are the same
 * topics with as many partitions and the configs that must agree, and which groups are left out.
 */
final class NamesExam {

    /** As many topics are compared one by one. */
    static final int COMPARED_MAX = 500;

    private final Patient patient;
    private final Set<String> troubled;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Finding> ill = new ArrayList<>();

    /**
     * @param troubled topics whose trouble is told already
     */
    NamesExam(Patient patient, Set<String> troubled) {
        this.patient = patient;
        this.troubled = troubled;
    }

    /** A region's answer that did not come. */
    private static final class NoAnswer extends Exception {

        private static final long serialVersionUID = 1;

        NoAnswer(RegionId region, @Nullable Throwable cause) {
            super("%s: %s".formatted(region, cause), cause);
        }
    }

    List<Finding> examine() {
        RegionId from = patient.link().from();
        RegionId to = patient.link().to();
        try (Admin there = patient.admin(from);
                Admin here = patient.admin(to)) {
            Set<String> names = await(from, there.listTopics().names());
            List<String> chosen = chosen(names);
            Map<String, TopicDescription> source = describe(from, there, chosen);
            Set<String> present = await(to, here.listTopics().names());
            List<String> both =
                    chosen.stream().filter(name -> present.contains(copyOf(name))).toList();
            Map<String, TopicDescription> copies = describe(to, here, copiesOf(both));
            chosen.forEach(name -> compare(name, source.get(name), copies.get(copyOf(name))));
            if (patient.link().sync().configs()) {
                configs(both, configs(from, there, both), configs(to, here, copiesOf(both)));
            }
            findings.addAll(Finding.bounded(ill, "topics"));
            groups(await(from, there.listGroups().all()));
        } catch (NoAnswer silent) {
            findings.add(
                    Finding.ill(
                            "topics",
                            "cannot be compared: " + silent.getMessage(),
                            "",
                            "see the regions and brokers above"));
        }
        return findings;
    }

    private String copyOf(String topic) {
        return patient.link().selection().renaming().copyOf(topic);
    }

    private List<String> copiesOf(List<String> topics) {
        return topics.stream().map(this::copyOf).toList();
    }

    /** The id is kept where the name is. */
    private boolean sameId(TopicDescription source, TopicDescription copy) {
        return copy.topicId().equals(source.topicId()) || !copy.name().equals(source.name());
    }

    private List<String> chosen(Set<String> names) {
        NameFilter filter = patient.link().topics();
        var chosen = new ArrayList<String>();
        var left = new ArrayList<String>();
        for (String name : new TreeSet<>(names)) {
            if (!name.startsWith("__")) {
                (filter.includes(name) ? chosen : left).add(name);
            }
        }
        if (!left.isEmpty()) {
            findings.add(
                    Finding.noted(
                            "topics",
                            "not copied: " + Finding.names(left),
                            "links.%s.topics leaves them out: %s"
                                    .formatted(patient.link().name(), filter.patterns())));
        }
        if (chosen.isEmpty()) {
            findings.add(
                    Finding.doubtful(
                            "topics",
                            "%s has none that the link copies".formatted(patient.from()),
                            "links.%s.topics: %s"
                                    .formatted(patient.link().name(), filter.patterns()),
                            "tombolo topic list --region " + patient.from()));
        }
        if (chosen.size() > COMPARED_MAX) {
            findings.add(
                    Finding.noted(
                            "topics",
                            "the first %d of %d are compared"
                                    .formatted(COMPARED_MAX, chosen.size()),
                            "the brokers look at all of them; what they found is above"));
        }
        return chosen.subList(0, Math.min(COMPARED_MAX, chosen.size()));
    }

    private void compare(
            String name, @Nullable TopicDescription source, @Nullable TopicDescription copy) {
        if (source == null || troubled.contains(copyOf(name))) {
            return;
        }
        String subject = "topic " + copyOf(name);
        if (copy == null) {
            ill.add(
                    Finding.ill(
                            subject,
                            "is not in " + patient.to(),
                            "a link makes a new topic within seconds, unless something holds it up",
                            "look again; then tombolo link describe " + patient.link().name()));
        } else if (!sameId(source, copy)) {
            ill.add(
                    Finding.ill(
                            subject,
                            "has the id %s in %s and %s in %s"
                                    .formatted(
                                            source.topicId(),
                                            patient.from(),
                                            copy.topicId(),
                                            patient.to()),
                            "they are two topics of one name",
                            TroubleText.fixOfTopic(patient, name, "NAME_TAKEN")));
        } else if (copy.partitions().size() != source.partitions().size()) {
            ill.add(
                    Finding.ill(
                            subject,
                            "has %d partitions in %s and %d in %s"
                                    .formatted(
                                            source.partitions().size(),
                                            patient.from(),
                                            copy.partitions().size(),
                                            patient.to()),
                            "a link adds partitions within seconds, and never takes any away",
                            "look again; then tombolo link describe " + patient.link().name()));
        }
    }

    private void configs(
            List<String> topics, Map<String, Config> source, Map<String, Config> copies) {
        for (String topic : topics) {
            Config there = source.get(topic);
            Config here = copies.get(copyOf(topic));
            if (there == null || here == null || troubled.contains(copyOf(topic))) {
                continue;
            }
            var differing = new ArrayList<String>();
            for (String name : new TreeSet<>(FollowedConfigs.ALWAYS)) {
                String wanted = value(there, name);
                String found = value(here, name);
                if (!wanted.isEmpty() && !normal(wanted).equals(normal(found))) {
                    differing.add("%s %s, at the source %s".formatted(name, found, wanted));
                }
            }
            if (!differing.isEmpty()) {
                ill.add(
                        Finding.ill(
                                "topic " + copyOf(topic),
                                Finding.names(differing),
                                "they decide what a record may be and what compaction keeps",
                                "look again: the link sets them every two seconds; then tombolo"
                                        + " link describe "
                                        + patient.link().name()));
            }
        }
    }

    private static String value(Config config, String name) {
        ConfigEntry entry = config.get(name);
        return entry == null || entry.value() == null ? "" : entry.value();
    }

    /** In which order the policies of a topic are named does not matter. */
    private static List<String> normal(String value) {
        return Arrays.stream(value.split(",")).map(String::strip).sorted().toList();
    }

    private void groups(Collection<GroupListing> listed) {
        List<String> left =
                listed.stream()
                        .map(GroupListing::groupId)
                        .filter(group -> !patient.link().groups().includes(group))
                        .sorted()
                        .toList();
        if (!left.isEmpty()) {
            findings.add(
                    Finding.noted(
                            "groups",
                            "not copied: " + Finding.names(left),
                            "links.%s.groups leaves them out: %s"
                                    .formatted(
                                            patient.link().name(),
                                            patient.link().groups().patterns())));
        }
    }

    // --- asking

    private Map<String, TopicDescription> describe(RegionId region, Admin admin, List<String> names)
            throws NoAnswer {
        return names.isEmpty()
                ? Map.of()
                : await(region, admin.describeTopics(names).allTopicNames());
    }

    private Map<String, Config> configs(RegionId region, Admin admin, List<String> names)
            throws NoAnswer {
        var resources =
                names.stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .toList();
        var byName = new TreeMap<String, Config>();
        await(region, admin.describeConfigs(resources).all())
                .forEach((resource, config) -> byName.put(resource.name(), config));
        return byName;
    }

    private <T> T await(RegionId region, KafkaFuture<T> future) throws NoAnswer {
        try {
            return future.get(patient.timeoutMs(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException refused) {
            throw new NoAnswer(region, refused.getCause());
        } catch (TimeoutException late) {
            throw new NoAnswer(region, late);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
