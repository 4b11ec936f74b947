package io.tombolo.cli.output;

/** How data is printed. */
public enum Format {
    /** For people. */
    TABLE,
    /** One JSON document, or one per line where records are listed. */
    JSON,
    /** One YAML document, or several where records are listed. */
    YAML
}
