package io.tombolo.metadata.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.PartitionRegistration;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class PartitionTableTest {

    @Test
    void aTableHoldsWhatAListWouldHold() {
        var random = new Random(1);
        List<PartitionRegistration> model = new ArrayList<>();
        PartitionTable table = PartitionTable.EMPTY;
        for (int step = 0; step < 5_000; step++) {
            PartitionRegistration partition = partition(step);
            if (model.isEmpty() || random.nextInt(2) == 0) {
                model.add(partition);
                table = table.plus(partition);
            } else {
                int index = random.nextInt(model.size());
                model.set(index, partition);
                table = table.with(index, partition);
            }
        }

        assertThat(table.count()).isEqualTo(model.size()).isGreaterThan(32 * 32);
        table.forEach((index, partition) -> assertThat(partition).isSameAs(model.get(index)));
    }

    @Test
    void anOlderTableDoesNotSeeLaterChanges() {
        PartitionTable old = PartitionTable.EMPTY;
        for (int i = 0; i < 100; i++) {
            old = old.plus(partition(i));
        }

        PartitionTable changed = old.with(42, partition(4_711)).plus(partition(100));

        assertThat(old.count()).isEqualTo(100);
        assertThat(old.get(42).leaderEpoch()).isEqualTo(42);
        assertThat(changed.get(42).leaderEpoch()).isEqualTo(4_711);
    }

    @Test
    void aMissingPartitionIsAbsent() {
        PartitionTable table = PartitionTable.EMPTY.plus(partition(0));

        assertThat(table.find(1)).isEmpty();
        assertThat(table.find(-1)).isEmpty();
        assertThatThrownBy(() -> table.get(1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static PartitionRegistration partition(int leaderEpoch) {
        return new PartitionRegistration(
                BrokerIds.of(1), BrokerIds.of(1), 1, leaderEpoch, 0, List.of());
    }
}
