package io.tombolo.region.topology.file;

/**
 * The rules of the file format, each with its stable code and what it is about; for {@code tombolo
 * explain}.
 */
enum Rule {
    SYNTAX("TMB-1001", "The file is not valid YAML 1.2"),
    TAB("TMB-1002", "YAML is indented with spaces, never with tabs"),
    SIZE("TMB-1003", "The file is too large, too deep or has too many values"),
    YAML_MAGIC(
            "TMB-1004", "Anchors, aliases and tags are not used; * and ! at the start are quoted"),
    DUPLICATE_KEY("TMB-1005", "A key stands once in its map"),
    ONE_DOCUMENT("TMB-1006", "The file holds one YAML document, and it is a map"),
    FORMAT_VERSION("TMB-1101", "The file says which version of the format it is written in"),
    UNKNOWN_KEY("TMB-1102", "A key that is not known is refused rather than ignored"),
    WRONG_TYPE("TMB-1103", "A value has the type that its key asks for"),
    OUT_OF_RANGE("TMB-1104", "A value lies within its range or is one of the known words"),
    MISSING_KEY("TMB-1105", "A key that has no default is given"),
    ILLEGAL_NAME("TMB-1106", "Names are safe in file names, metrics and command lines"),
    UNIT("TMB-1107", "Durations, sizes and rates carry their unit"),
    PATTERN("TMB-1108", "Patterns are globs: * is any text, a leading ! excludes"),
    ADDRESS("TMB-1109", "An address is host:port"),
    PLAIN_SECRET("TMB-1110", "Secrets are referred to with env: or file:, never written down"),
    EXCLUSIVE_KEYS("TMB-1111", "Some keys exclude each other"),
    UNKNOWN_REFERENCE("TMB-1201", "What is referred to by name is defined in the same file"),
    PORT_CLASH("TMB-1202", "Two listeners never share an address"),
    SELF_LINK("TMB-1203", "A link joins two different regions"),
    LINK_CYCLE("TMB-1204", "Records never come back to the region they started from"),
    DOUBLE_LINK("TMB-1205", "A topic arrives in a region over one link only"),
    FOREIGN_TARGET("TMB-1206", "Only regions with our brokers can own topics or receive a link"),
    TOO_MANY_REPLICAS("TMB-1207", "Each replica of a partition needs a broker of its own"),
    PLAINTEXT(
            "TMB-1208", "A plaintext listener off the loopback interface is asked for explicitly"),
    SHARED_DIRECTORY("TMB-1209", "Every directory is on its own, and of one broker"),
    LINKED_TOPIC("TMB-1210", "A topic that a link copies is declared in the region it comes from"),
    LINK_CHAIN("TMB-1211", "Who takes over is linked to the region that owns the topics"),
    PARTIAL_COPY(
            "TMB-1212",
            "A region takes over topics that it has by their names, from the beginning"),
    UNKNOWN_CONFIG("TMB-1301", "config: takes the names that Kafka defines"),
    CONFIG_VALUE("TMB-1302", "config: takes the values that Kafka allows"),
    WILDCARD_ADDRESS(
            "TMB-1401", "Clients are told the address in kafka: and must be able to reach it"),
    IDLE_KEY("TMB-1402", "A key has no effect without another one"),
    NOTHING_TO_START("TMB-1403", "A file without regions starts nothing"),
    UNREACHABLE_MIN_ISR("TMB-1404", "acks=all needs min.insync.replicas replicas"),
    SECTION_NOT_YET("TMB-1901", "The module for this section is not part of this release"),
    KEY_NOT_YET("TMB-1902", "This key is understood, but nothing in this release acts on it");

    private final String code;
    private final String title;

    Rule(String code, String title) {
        this.code = code;
        this.title = title;
    }

    /** The stable code, {@code TMB-} and four digits. */
    String code() {
        return code;
    }

    /** The rule in one line. */
    String title() {
        return title;
    }
}
