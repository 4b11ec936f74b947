package io.tombolo.cli.doctor;

/** What to do about the troubles and skips that brokers report. Stateless. */
final class TroubleText {

    private TroubleText() {}

    /**
     * What ends a trouble of a topic.
     *
     * @param code as brokers tell it
     */
    static String fixOfTopic(Patient patient, String topic, String code) {
        String delete =
                "tombolo topic delete %s --region %s        the link makes the copy anew, from what %s has"
                        .formatted(topic, patient.to(), patient.from());
        return switch (code) {
            case "NAME_TAKEN" ->
                    "tombolo topic delete %s --region %s        makes way for the copy; that topic takes writes of its own"
                            .formatted(topic, patient.to());
            case "GAP" ->
                    "%s; with links.%s.gap: jump it does so by itself"
                            .formatted(delete, patient.link().name());
            case "SOURCE_RECREATED" ->
                    "%s; with links.%s.recreate: restart it does so by itself"
                            .formatted(delete, patient.link().name());
            case "SOURCE_TRUNCATED", "CORRUPT_BATCH", "OUT_OF_ORDER" -> delete;
            case "SOURCE_DENIED" ->
                    "give the link READ, DESCRIBE and DESCRIBE_CONFIGS of topic %s in %s; it is tried again by itself"
                            .formatted(topic, patient.from());
            case "DIVERGED" ->
                    "tombolo failback %s        sets aside what only %s has, and goes on"
                            .formatted(patient.link().name(), patient.to());
            case "SOURCE_DELETED" ->
                    "tombolo topic delete %s --region %s        deletes the copy too, if it is not wanted"
                            .formatted(topic, patient.to());
            case "OWNERSHIP_STALE" -> "tombolo status        shows who owns the topics by now";
            case "LOCAL_REFUSED", "LOCAL_UNAVAILABLE" ->
                    "tombolo region describe %s        names partitions in trouble there"
                            .formatted(patient.to());
            case "NAME_ILLEGAL", "LIMIT_REACHED", "SPEC_INVALID" ->
                    "leave it out: links.%s.topics: [\"!%s\"]"
                            .formatted(patient.link().name(), topic);
            default ->
                    "it is tried again by itself; look at %s if it stays".formatted(patient.from());
        };
    }

    /** What ends a trouble with the source as a whole, which answers. */
    static String fixOfSource(Patient patient, String code) {
        return code.equals("SOURCE_DENIED")
                ? "give the link the right to DESCRIBE the cluster %s and its topics, and to READ these; it is tried again by itself"
                        .formatted(patient.from())
                : "see what the brokers of %s log".formatted(patient.from());
    }

    /** Why the positions of a group are not copied. */
    static String whyGroup(String reason) {
        return switch (reason) {
            case "ACTIVE_HERE" ->
                    "consumers of the group run at the destination; their own commits win";
            case "NOT_MIRRORED" -> "the link does not copy the topic";
            case "NOT_READY" -> "the copy has not been opened yet, or has failed";
            case "AHEAD_HERE" ->
                    "the group has gone on at the destination; only a reset at the source moves it"
                            + " back";
            case "UNSUPPORTED_KIND" -> "groups of this kind have no offsets that can be copied";
            case "SOURCE_REFUSED" -> "the source would not tell its positions";
            case "OWNERSHIP_STALE" -> "the destination owns the topics by now";
            default -> "the coordinator at the destination refused the commit";
        };
    }

    /** What to do about it. */
    static String fixOfGroup(Patient patient, String group, String reason) {
        String exclude =
                "or leave it out: links.%s.groups: [\"*\", \"!%s\"]"
                        .formatted(patient.link().name(), group);
        return switch (reason) {
            case "ACTIVE_HERE" -> "stop its consumers in %s, %s".formatted(patient.to(), exclude);
            case "AHEAD_HERE" ->
                    "tombolo group seek %s --region %s        if it shall go on where it is at the source"
                            .formatted(group, patient.to());
            case "UNSUPPORTED_KIND", "NOT_MIRRORED" -> exclude.substring("or ".length());
            case "NOT_READY" -> "see the topics above; it passes with them";
            case "OWNERSHIP_STALE" -> "tombolo status        shows who owns the topics by now";
            default -> "tombolo group describe %s".formatted(group);
        };
    }
}
