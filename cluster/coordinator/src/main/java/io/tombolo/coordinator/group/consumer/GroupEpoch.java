package io.tombolo.coordinator.group.consumer;

/**
 * An epoch of a consumer group.
 *
 * @param number grows by one with each change of members, subscriptions or subscribed topics
 * @param subscribedHash of the subscribed topics that it rests on
 * @param emptySinceMs when the last member left, milliseconds since the Unix epoch; {@link
 *     #UNKNOWN} while there are members, and where Apache Kafka wrote the record, which does not
 *     say
 */
record GroupEpoch(int number, long subscribedHash, long emptySinceMs) {

    static final long UNKNOWN = -1;

    static final GroupEpoch FIRST = new GroupEpoch(0, 0);

    /** One of a group with members. */
    GroupEpoch(int number, long subscribedHash) {
        this(number, subscribedHash, UNKNOWN);
    }
}
