package io.tombolo.region.config;

/** Where the value of a config comes from; the code is the one of DescribeConfigs responses. */
public enum ConfigSource {
    DYNAMIC_TOPIC(1),
    DYNAMIC_BROKER(2),
    DYNAMIC_CLUSTER_DEFAULT(3),
    STATIC_BROKER(4),
    DEFAULT(5),
    CLIENT_METRICS(7),
    GROUP(8);

    private final byte code;

    ConfigSource(int code) {
        this.code = (byte) code;
    }

    /** The number that stands for this source on the wire. */
    public byte code() {
        return code;
    }
}
