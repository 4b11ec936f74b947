package io.tombolo.linker.source;

import org.apache.kafka.common.Uuid;

import java.util.List;

/**
 * A topic of the source.
 *
 * @param id {@link Uuid#ZERO_UUID} when the source has no topic ids
 * @param partitions by number, without gaps
 */
public record SourceTopic(String name, Uuid id, List<Leader> partitions) {

    public SourceTopic {
        partitions = List.copyOf(partitions);
    }

    /**
     * Who leads a partition.
     *
     * @param nodeId −1 when nobody does
     * @param epoch −1 when unknown
     */
    public record Leader(int nodeId, int epoch) {}
}
