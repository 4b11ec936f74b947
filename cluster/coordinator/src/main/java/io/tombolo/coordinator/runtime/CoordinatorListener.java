package io.tombolo.coordinator.runtime;

/**
 * Hears of what happens on the hosted partitions, for logs and metrics. Called on the loop of the
 * partition; must not block or throw.
 */
public interface CoordinatorListener<E> {

    /** A partition has been loaded and answers from now on. */
    void loaded(int partition, long recordCount, long elapsedNanos);

    /** A partition could not be read; loading goes on after a pause. */
    void loadDelayed(int partition, String reason);

    /** The log refused records; the steps they belong to were undone. */
    void appendRefused(int partition, String reason);

    /**
     * The state machine threw. A command that throws is refused and changes nothing; when anything
     * else throws, the partition stays closed until it is led anew.
     */
    void failed(int partition, RuntimeException cause);

    /** A committed step said this. */
    void signal(int partition, E signal);
}
