package io.tombolo.cli.doctor;

import io.tombolo.cli.admin.AdminUnreachable;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.plan.LiveWorld;
import io.tombolo.region.plan.World;
import io.tombolo.region.topology.Region;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * What the metadata of both regions say of the link, against the file and against each other: its
 * settings, its owner, and the clocks.
 */
final class RegionExam {

    private final Patient patient;
    private final List<Finding> findings = new ArrayList<>();

    RegionExam(Patient patient) {
        this.patient = patient;
    }

    List<Finding> examine() {
        Optional<Owned> there =
                patient.hostedSource().flatMap(region -> region(region, "whose topics are copied"));
        Optional<Owned> here = region(patient.destination(), "whose brokers do the copying");
        here.ifPresent(owned -> compare(owned, there));
        return findings;
    }

    /** Who owns the topics of the link, as a region knows it. */
    private record Owned(String region, String owner, long epoch) {}

    private Optional<Owned> region(Region.Hosted region, String role) {
        String name = region.id().name();
        try {
            long askedMs = System.currentTimeMillis();
            Tree objects = patient.ask(region, "/api/v1/objects");
            long answeredMs = System.currentTimeMillis();
            brokers(region, objects, role);
            clock(name, LiveWorld.skewMs(objects.at("wallTimeMs").number(0), askedMs, answeredMs));
            definition(name, LiveWorld.holding(objects));
            return owned(name, patient.ask(region, "/api/v1/status"));
        } catch (AdminUnreachable gone) {
            findings.add(
                    Finding.ill(
                            "region " + name,
                            "no broker answers: " + gone.getMessage(),
                            "it is the one " + role,
                            "tombolo up --region %s        where its brokers run".formatted(name),
                            "regions.%s.admin        must be its admin address".formatted(name)));
            return Optional.empty();
        }
    }

    private void brokers(Region.Hosted region, Tree objects, String role) {
        long active = objects.at("brokersActive").number(0);
        int expected = region.brokers().size();
        String subject = "region " + region.id();
        String seen = "%d of %d brokers are up".formatted(active, expected);
        findings.add(
                active < expected
                        ? Finding.doubtful(
                                subject,
                                seen,
                                "it is the one " + role,
                                "tombolo broker list --region %s        names those that are away"
                                        .formatted(region.id()))
                        : Finding.well(subject, seen));
    }

    private void clock(String region, long skewMs) {
        if (skewMs == 0) {
            return;
        }
        findings.add(
                Finding.doubtful(
                        "clock of " + region,
                        "is %s %s this machine's"
                                .formatted(
                                        Amounts.ms(Math.abs(skewMs)),
                                        skewMs > 0 ? "ahead of" : "behind"),
                        "time stamps of records and retention by time follow it",
                        "let all machines follow the same time servers (chronyc tracking)"));
    }

    // --- the definition of the link

    private void definition(String region, World.Holding holding) {
        String subject = "link in " + region;
        World.Link known = holding.links().get(patient.link().name().name());
        if (known == null || known.condition().retired()) {
            findings.add(
                    Finding.ill(
                            subject,
                            known == null ? "is not known" : "was removed",
                            "brokers go by the metadata of their region, not by the file",
                            "tombolo apply        makes it as the file says"));
            return;
        }
        if (!known.ends().equals(patient.written().ends())) {
            findings.add(
                    Finding.ill(
                            subject,
                            "goes %s, and %s in the file"
                                    .formatted(known.ends(), patient.written().ends()),
                            "a link keeps its ends",
                            "give the link of the file another name"));
        }
        List<String> differing = differing(known.settings());
        findings.add(
                differing.isEmpty()
                        ? Finding.well(subject, "has the settings of the file")
                        : Finding.doubtful(
                                subject,
                                "differs from the file in " + Finding.names(differing),
                                "what the region has is in force",
                                "tombolo plan        shows both values, tombolo apply takes the"
                                        + " file's"));
        if (known.condition().paused()) {
            findings.add(
                    Finding.doubtful(
                            subject,
                            "is paused",
                            "somebody held it; nothing is copied",
                            "tombolo link resume " + patient.link().name()));
        }
    }

    private List<String> differing(SortedMap<String, String> there) {
        SortedMap<String, String> file =
                patient.written()
                        .settings(patient.file().topology().policiesOf(patient.link().name()));
        var keys = new TreeSet<>(file.keySet());
        keys.addAll(there.keySet());
        keys.removeIf(key -> file.containsKey(key) && file.get(key).equals(there.get(key)));
        return List.copyOf(keys);
    }

    // --- who owns the topics

    private Optional<Owned> owned(String region, Tree status) {
        String domain = patient.link().domain().name();
        return status.at("ownership").items().stream()
                .filter(one -> one.at("domain").text().equals(domain))
                .findFirst()
                .map(one -> new Owned(region, one.at("owner").text(), one.at("epoch").number(0)));
    }

    private void compare(Owned here, Optional<Owned> there) {
        String subject = "ownership";
        boolean differ =
                there.filter(one ->
                                !one.owner().equals(here.owner()) || one.epoch() != here.epoch())
                        .isPresent();
        if (differ) {
            Owned other = there.orElseThrow();
            Owned older = here.epoch() < other.epoch() ? here : other;
            findings.add(
                    Finding.ill(
                            subject,
                            "%s says %s under epoch %d, %s says %s under epoch %d"
                                    .formatted(
                                            here.region(),
                                            here.owner(),
                                            here.epoch(),
                                            other.region(),
                                            other.owner(),
                                            other.epoch()),
                            "%s has not heard of the newer epoch; regions ask each other every second over admin:"
                                    .formatted(older.region()),
                            "look again; if it stays, open the way from %s to the admin addresses of the other region"
                                    .formatted(older.region())));
        } else if (here.owner().equals(patient.to())) {
            findings.add(
                    Finding.doubtful(
                            subject,
                            "%s owns the topics under epoch %d"
                                    .formatted(here.owner(), here.epoch()),
                            "it has taken over, so nothing is copied into it",
                            "tombolo failback %s        makes %s follow it"
                                    .formatted(patient.link().name(), patient.from())));
        } else {
            findings.add(
                    Finding.well(
                            subject,
                            "%s under epoch %d, as %s"
                                    .formatted(
                                            here.owner(),
                                            here.epoch(),
                                            there.isPresent()
                                                    ? "both regions say"
                                                    : here.region() + " says")));
        }
    }
}
