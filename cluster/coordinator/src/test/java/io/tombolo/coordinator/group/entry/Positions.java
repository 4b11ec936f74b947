package io.tombolo.coordinator.group.entry;

import io.tombolo.environment.story.World;

import org.apache.kafka.common.protocol.Errors;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Positions in "orders" that clients commit, ever later ones: none may go back. */
final class Positions {

    private final Stage stage;
    private final Map<Integer, Long> acknowledged = new HashMap<>();
    private long nextOffset = 1;

    Positions(Stage stage) {
        this.stage = stage;
    }

    /** The client commits the next offset; what it is told is heard before it counts. */
    void commit(Client client, int partition, Consumer<Errors> told) {
        long offset = nextOffset++;
        stage.coordinator
                .offsets()
                .commit(
                        stage.caller(9),
                        Stage.commitRequest("orders", partition, offset)
                                .setMemberId(client.id())
                                .setGenerationIdOrMemberEpoch(client.epoch()),
                        response -> {
                            Errors error = Stage.errorOf(response);
                            told.accept(error);
                            if (error == Errors.NONE) {
                                acknowledged.merge(partition, offset, Math::max);
                            }
                        });
        stage.loop.run();
    }

    <C extends Enum<C>> void verify(World<C> world, C neverGoBack) {
        acknowledged.forEach((partition, offset) -> {
            long position = stage.position("orders", partition);
            world.require(
                    position >= offset,
                    neverGoBack,
                    position + " after " + offset + " was acknowledged");
        });
    }
}
