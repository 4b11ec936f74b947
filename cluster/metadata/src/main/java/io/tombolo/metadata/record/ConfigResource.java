package io.tombolo.metadata.record;

import java.util.Comparator;

/**
 * What a config belongs to.
 *
 * @param name a topic's name, a broker's id in decimal ("" for the default of all brokers) or a
 *     group's id
 */
public record ConfigResource(Type type, String name) implements Comparable<ConfigResource> {

    private static final Comparator<ConfigResource> ORDER =
            Comparator.comparing(ConfigResource::type).thenComparing(ConfigResource::name);

    public static ConfigResource topic(String name) {
        return new ConfigResource(Type.TOPIC, name);
    }

    public static ConfigResource broker(int brokerId) {
        return new ConfigResource(Type.BROKER, Integer.toString(brokerId));
    }

    /** The cluster-wide default of all brokers. */
    public static ConfigResource allBrokers() {
        return new ConfigResource(Type.BROKER, "");
    }

    public static ConfigResource group(String groupId) {
        return new ConfigResource(Type.GROUP, groupId);
    }

    @Override
    public int compareTo(ConfigResource other) {
        return ORDER.compare(this, other);
    }

    /** Kinds of resources, with Kafka's numbers for them. */
    public enum Type {
        TOPIC(2),
        BROKER(4),
        GROUP(32);

        private final byte code;

        Type(int code) {
            this.code = (byte) code;
        }

        /** Kafka's number, also on the wire. */
        public byte code() {
            return code;
        }

        /**
         * The type that has a number.
         *
         * @throws IllegalArgumentException when there is none
         */
        public static Type ofCode(int code) {
            for (Type type : values()) {
                if (type.code == code) {
                    return type;
                }
            }
            throw new IllegalArgumentException("config resource type " + code + " is unknown");
        }
    }
}
