package io.tombolo.coordinator.transaction;

/**
 * A producer id in one of its epochs.
 *
 * @param id -1 when there is none
 * @param epoch -1 when there is none
 */
public record ProducerIdentity(long id, short epoch) {

    /** Nobody. */
    public static final ProducerIdentity NONE = new ProducerIdentity(-1, (short) -1);

    /**
     * The last epoch that a client ever holds. The one above it is left for markers that end or
     * fence what was written in it.
     */
    static final short EPOCH_MAX = Short.MAX_VALUE - 1;

    /** Whether it names anybody. */
    public boolean known() {
        return id >= 0;
    }

    boolean exhausted() {
        return epoch >= EPOCH_MAX;
    }

    ProducerIdentity raised() {
        return new ProducerIdentity(id, (short) (epoch + 1));
    }
}
