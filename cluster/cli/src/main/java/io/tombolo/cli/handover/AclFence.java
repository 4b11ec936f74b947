package io.tombolo.cli.handover;

import io.tombolo.cli.kafka.KafkaRegion;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Rules of an Apache Kafka cluster that deny everybody to write to some topics. They bind everybody
 * but the super users of that cluster, and no record of a marker.
 */
final class AclFence {

    private static final AccessControlEntry DENIED =
            new AccessControlEntry("User:*", "*", AclOperation.WRITE, AclPermissionType.DENY);

    private final KafkaRegion source;
    private volatile List<AclBinding> raised = List.of();

    AclFence(KafkaRegion source) {
        this.source = source;
    }

    /**
     * Denies it for topics for which it is not denied yet.
     *
     * @return for how many
     */
    int raise(Collection<String> topics) {
        try (Admin admin = source.admin()) {
            var denied = new TreeSet<>(denied(admin));
            List<AclBinding> missing =
                    topics.stream()
                            .filter(topic -> !denied.contains(topic))
                            .map(AclFence::rule)
                            .toList();
            raised = missing;
            source.await(admin.createAcls(missing).all(), source.all("access rules"));
            return missing.size();
        }
    }

    /**
     * Takes away what {@link #raise} has made.
     *
     * @return whether there was anything
     */
    boolean lower() {
        lower(raised);
        return !raised.isEmpty();
    }

    /**
     * Takes away the rules of earlier attempts.
     *
     * @return for which topics there were any
     */
    List<String> lowerAll(Collection<String> topics) {
        try (Admin admin = source.admin()) {
            List<String> found = denied(admin).stream().filter(topics::contains).toList();
            lower(found.stream().map(AclFence::rule).toList());
            return found;
        }
    }

    private void lower(List<AclBinding> rules) {
        if (!rules.isEmpty()) {
            try (Admin admin = source.admin()) {
                source.await(
                        admin.deleteAcls(rules.stream().map(AclBinding::toFilter).toList()).all(),
                        source.all("access rules"));
            }
        }
    }

    private List<String> denied(Admin admin) {
        var all =
                new AclBindingFilter(
                        new ResourcePatternFilter(ResourceType.TOPIC, null, PatternType.LITERAL),
                        DENIED.toFilter());
        return source.await(admin.describeAcls(all).values(), source.all("access rules")).stream()
                .map(binding -> binding.pattern().name())
                .toList();
    }

    private static AclBinding rule(String topic) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL), DENIED);
    }
}
