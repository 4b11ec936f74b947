package io.tombolo.metadata.record;

import java.util.Comparator;

/**
 * What a config belongs to.
 *
 * @param name a topic's name, a broker's id in decimal ("" for the default of all brokers), a
 *     group's id or what a client quota is for
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

    /**
     * @param entity what the quotas are for, in a form that the broker chooses
     */
    public static ConfigResource clientQuota(String entity) {
        return new ConfigResource(Type.CLIENT_QUOTA, entity);
    }

    @Override
    public int compareTo(ConfigResource other) {
        return ORDER.compare(this, other);
    }

    /** Kinds of resources, with Kafka's numbers for those that it knows. */
    public enum Type {
        TOPIC(2),
        BROKER(4),
        GROUP(32),
        /**
         * The limits of a client; not one of Kafka's resources, which it has other requests for.
         */
        CLIENT_QUOTA(127);

        private final byte code;

        Type(int code) {
            this.code = (byte) code;
        }

        /** Kafka's number, if it knows the kind. */
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
