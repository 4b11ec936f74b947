package io.tombolo.cli.doctor;

import io.tombolo.cli.admin.AdminUnreachable;
import io.tombolo.cli.admin.LinkTable;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The link as the brokers of its destination see it: the source, topics, groups. */
final class CopyExam {

    private static final Set<String> OF_THE_WAY =
            Set.of("SOURCE_UNREACHABLE", "SOURCE_TIMED_OUT", "BREAKER_OPEN");

    private final Patient patient;
    private final int reachedFromHere;
    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> troubled = new TreeSet<>();

    /**
     * @param reachedFromHere source brokers that answered this machine
     */
    CopyExam(Patient patient, int reachedFromHere) {
        this.patient = patient;
        this.reachedFromHere = reachedFromHere;
    }

    List<Finding> examine() {
        Tree link;
        try {
            link = patient.ask(patient.destination(), patient.path());
            gaps(patient.ask(patient.destination(), patient.path() + "/lineage"));
        } catch (AdminUnreachable _) {
            return List.of(); // told with the region
        }
        return examine(link);
    }

    /** The same with what the destination answered. */
    List<Finding> examine(Tree link) {
        if (!link.present() || link.at("state").text().equals("STOPPED")) {
            return List.of(); // told with its definition, or its owner
        }
        source(link);
        for (Tree silent : link.at("silentBrokers").items()) {
            findings.add(
                    Finding.ill(
                            "broker " + silent.text(),
                            "does not answer the other brokers of " + patient.to(),
                            "what it copies is not known, and nobody else copies it",
                            "tombolo broker describe %s".formatted(silent.text())));
        }
        late(link);
        topics(link);
        groups(link);
        return findings;
    }

    /** What is missing in copies that went on behind it, as the destination remembers. */
    List<Finding> gaps(Tree lineage) {
        var noted = new ArrayList<Finding>();
        for (Tree partition : lineage.at("partitions").items()) {
            long offsets = 0;
            for (Tree gap : partition.at("gaps").items()) {
                offsets += gap.at("toOffset").number(0) - gap.at("fromOffset").number(0);
            }
            if (offsets > 0) {
                noted.add(
                        Finding.noted(
                                "partition %s-%s"
                                        .formatted(
                                                partition.at("topic").text(),
                                                partition.at("partition").text()),
                                "went on behind %s".formatted(Amounts.of(offsets, "offset")),
                                "%s deleted them before they were copied (gap: jump); tombolo link lineage %s shows them"
                                        .formatted(patient.from(), patient.link().name())));
            }
        }
        findings.addAll(Finding.bounded(noted, "partitions"));
        return findings;
    }

    /** Topics of which trouble was told. */
    Set<String> troubled() {
        return troubled;
    }

    private void source(Tree link) {
        String subject = "%s from %s".formatted(patient.from(), patient.to());
        Tree trouble = link.at("trouble");
        long silentMs = link.at("sourceSilentMs").number(-1);
        if (trouble.present() && !trouble.at("topic").present()) {
            String code = trouble.at("code").text();
            boolean way = OF_THE_WAY.contains(code);
            findings.add(
                    Finding.ill(
                            subject,
                            "%s: %s (%s)"
                                    .formatted(
                                            code,
                                            trouble.at("detail").text(),
                                            Amounts.of(trouble.at("count").number(1), "time")),
                            way ? whyUnreachable() : "",
                            way
                                    ? "open the way from every broker of %s to the kafka: addresses of %s"
                                            .formatted(patient.to(), patient.from())
                                    : TroubleText.fixOfSource(patient, code)));
        } else if (silentMs < 0) {
            findings.add(
                    Finding.doubtful(
                            subject,
                            "has not been heard of yet",
                            "the link has just begun, or cannot reach it",
                            "look again in a few seconds"));
        } else if (silentMs > link.at("sourceGoneAfterMs").number(Long.MAX_VALUE)) {
            findings.add(
                    Finding.ill(
                            subject,
                            "was heard of %s ago".formatted(Amounts.ms(silentMs)),
                            whyUnreachable(),
                            "tombolo status --region " + patient.from()));
        } else {
            findings.add(
                    Finding.well(
                            subject,
                            "was heard of %s ago, lag %s and %s"
                                    .formatted(
                                            Amounts.ms(silentMs),
                                            Amounts.of(
                                                    link.at("copiedLag", "records").number(-1),
                                                    "record"),
                                            Amounts.ms(link.at("copiedLag", "ms").number(-1)))));
        }
    }

    private void late(Tree link) {
        if (LinkTable.late(link)) {
            findings.add(
                    Finding.doubtful(
                            "lag",
                            "%s, %s"
                                    .formatted(
                                            Amounts.ms(link.at("copiedLag", "ms").number(-1)),
                                            LinkTable.lateness(link)),
                            patient.link().limits().rate().isPresent()
                                    ? "limits.rate of the link may hold it up"
                                    : "the way, the source or the disks of the copy are too slow,"
                                            + " or nothing answers",
                            "tombolo link describe %s        shows which partitions"
                                    .formatted(patient.link().name())));
        }
    }

    private String whyUnreachable() {
        return reachedFromHere > 0
                ? "this machine reaches %s, so it is the way from %s: a firewall, a route, or a name that is not known there"
                        .formatted(patient.from(), patient.to())
                : "this machine does not reach it either, so it is %s itself"
                        .formatted(patient.from());
    }

    private void topics(Tree link) {
        var ill = new ArrayList<Finding>();
        int copied = 0;
        for (Tree topic : link.at("topics").items()) {
            if (!topic.at("trouble").present()) {
                copied++;
                continue;
            }
            String name = topic.at("topic").text();
            String code = topic.at("trouble", "code").text();
            troubled.add(name);
            ill.add(
                    Finding.ill(
                            "topic " + name,
                            "%s: %s".formatted(code, topic.at("trouble", "detail").text()),
                            partitions(topic),
                            TroubleText.fixOfTopic(patient, name, code)));
        }
        if (copied > 0) {
            findings.add(
                    Finding.well(
                            "topics", "%s without trouble".formatted(Amounts.of(copied, "topic"))));
        }
        findings.addAll(Finding.bounded(ill, "topics"));
    }

    /** Which partitions of a topic are in trouble, if not all. */
    private static String partitions(Tree topic) {
        List<Tree> all = topic.at("partitions").items();
        List<String> ill =
                all.stream()
                        .filter(one -> one.at("trouble").present())
                        .map(one -> one.at("partition").text())
                        .toList();
        return ill.isEmpty() || ill.size() == all.size()
                ? ""
                : "partitions %s of %d; the others are copied"
                        .formatted(Finding.names(ill), all.size());
    }

    private void groups(Tree link) {
        if (patient.link().sync().offsets().isEmpty()) {
            findings.add(Finding.noted("groups", "are not copied", "sync.offsets is never"));
            return;
        }
        var doubtful = new ArrayList<Finding>();
        int well = 0;
        for (Tree group : link.at("groups").items()) {
            List<Tree> skipped = group.at("skipped").items();
            if (skipped.isEmpty()) {
                well++;
                continue;
            }
            Tree first = skipped.getFirst();
            String name = group.at("group").text();
            String reason = first.at("reason").text();
            String detail = first.at("detail").text();
            String more = skipped.size() == 1 ? "" : " and %d more".formatted(skipped.size() - 1);
            doubtful.add(
                    Finding.doubtful(
                            "group " + name,
                            "not synced at %s%s: %s%s"
                                    .formatted(
                                            first.at("partition").text(),
                                            more,
                                            reason,
                                            detail.isEmpty() ? "" : ", " + detail),
                            TroubleText.whyGroup(reason),
                            TroubleText.fixOfGroup(patient, name, reason)));
        }
        if (well > 0) {
            findings.add(Finding.well("groups", "%s in step".formatted(Amounts.of(well, "group"))));
        }
        findings.addAll(Finding.bounded(doubtful, "groups"));
    }
}
