package io.tombolo.broker.request;

/**
 * What a client may do, as Kafka's bit fields: bit n stands for the operation that Kafka numbers n.
 * Without access control that is everything the kind of resource knows; a client that did not ask
 * is told so.
 */
public final class AuthorizedOperations {

    private static final int NOT_ASKED = Integer.MIN_VALUE;

    /** Read, write, create, delete, alter, describe, and both of configs. */
    private static final int ON_TOPIC = 0b1101_1111_1000;

    /** Read, delete, describe, and both of configs. */
    private static final int ON_GROUP = 0b1101_0100_1000;

    /** Create, alter, describe, cluster action, both of configs, and idempotent write. */
    private static final int ON_CLUSTER = 0b1_1111_1010_0000;

    private AuthorizedOperations() {}

    public static int onTopic(boolean asked) {
        return asked ? ON_TOPIC : NOT_ASKED;
    }

    public static int onGroup(boolean asked) {
        return asked ? ON_GROUP : NOT_ASKED;
    }

    public static int onCluster(boolean asked) {
        return asked ? ON_CLUSTER : NOT_ASKED;
    }
}
