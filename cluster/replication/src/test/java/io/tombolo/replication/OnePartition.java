package io.tombolo.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.LogSettings.Flush;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;

/** One partition in a world of its own, for each test anew. */
class OnePartition {

    final PartitionWorld world = PartitionWorld.open(Flush.BY_THE_OPERATING_SYSTEM);

    static List<Errors> errors(List<ProduceOutcome> answers) {
        return answers.stream().map(ProduceOutcome::error).toList();
    }

    FetchOutcome read(long offset, int currentEpoch, int lastEpoch) {
        return world.ask(p ->
                p.read(
                        new FetchRead(
                                offset,
                                currentEpoch,
                                lastEpoch,
                                1 << 20,
                                Isolation.READ_UNCOMMITTED)));
    }

    static List<Long> offsets(FetchOutcome outcome) {
        return Batches.of(((FetchOutcome.Read) outcome).slice()).stream()
                .map(Batches.Stored::baseOffset)
                .toList();
    }

    record Deleted(Errors error, long lowWatermark) {}

    Deleted delete(long before) {
        var answers = new ArrayList<Deleted>();
        world.on(p ->
                p.deleteRecords(before, 0, (error, low) -> answers.add(new Deleted(error, low))));
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }

    Errors appendOwn() {
        return world.ask(p -> p.appendOwn(Batches.plain(1)));
    }

    static List<Exception> toldOffline(PartitionWorld world) {
        var told = new ArrayList<Exception>();
        world.on(p -> p.onOffline(told::add));
        return told;
    }
}
