package io.tombolo.protocol;

import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.types.RawTaggedField;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Optional;

/**
 * The place of a request among all that a broker sends: who takes the later one first never takes
 * the earlier one any more. It travels in a tagged field of our own, which Kafka skips; only
 * messages of flexible versions can carry it.
 *
 * @param brokerId of the sender
 * @param brokerEpoch of the sender's registration, which grows with each of its starts
 * @param number grows with each request of that registration
 */
public record SendingOrder(int brokerId, long brokerEpoch, long number) {

    /** Ours; far from the numbers that Kafka gives out one by one. */
    static final int TAG = 7000;

    static final int BYTES = Integer.BYTES + 2 * Long.BYTES;

    private static final Comparator<SendingOrder> ORDER =
            Comparator.comparingLong(SendingOrder::brokerEpoch)
                    .thenComparingLong(SendingOrder::number);

    /** Whether it was sent before another request of the same broker. */
    public boolean before(SendingOrder other) {
        return brokerId == other.brokerId && ORDER.compare(this, other) < 0;
    }

    /** Puts it on a message that is to be sent. */
    public void putOn(ApiMessage message) {
        ByteBuffer bytes =
                ByteBuffer.allocate(BYTES).putInt(brokerId).putLong(brokerEpoch).putLong(number);
        message.unknownTaggedFields().add(new RawTaggedField(TAG, bytes.array()));
    }

    /** Reads it from a message that has come; empty when there is none. */
    public static Optional<SendingOrder> of(ApiMessage message) {
        for (RawTaggedField field : message.unknownTaggedFields()) {
            if (field.tag() == TAG && field.data().length == BYTES) {
                var bytes = ByteBuffer.wrap(field.data());
                return Optional.of(
                        new SendingOrder(bytes.getInt(), bytes.getLong(), bytes.getLong()));
            }
        }
        return Optional.empty();
    }
}
