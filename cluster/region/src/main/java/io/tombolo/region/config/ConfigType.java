package io.tombolo.region.config;

/** The types of Kafka's configs; the code is the one of DescribeConfigs responses. */
public enum ConfigType {
    BOOLEAN(1),
    STRING(2),
    INT(3),
    SHORT(4),
    LONG(5),
    DOUBLE(6),
    LIST(7),
    CLASS(8),
    PASSWORD(9);

    private final byte code;

    ConfigType(int code) {
        this.code = (byte) code;
    }

    /** The number that stands for this type on the wire. */
    public byte code() {
        return code;
    }
}
