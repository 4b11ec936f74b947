package io.tombolo.broker.request.cluster;

import io.tombolo.broker.Commands;
import io.tombolo.broker.shard.Shards;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.RegionCommand.ProducerIdBlock;
import io.tombolo.environment.EventLoop;

import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Producer ids out of blocks that the controller hands out; confined to one loop. */
public final class ProducerIds {

    private static final int WAITING_MAX = 10_000;

    private final Commands commands;
    private final EventLoop loop;
    private final int brokerId;
    private final LongSupplier brokerEpoch;
    private final ArrayDeque<Consumer<OptionalLong>> waiting = new ArrayDeque<>();
    private long next;
    private long end;
    private boolean asking;

    /**
     * @param loop the loop that owns this
     * @param brokerEpoch the epoch of this broker's registration, as of now
     */
    public ProducerIds(Commands commands, EventLoop loop, int brokerId, LongSupplier brokerEpoch) {
        this.commands = commands;
        this.loop = loop;
        this.brokerId = brokerId;
        this.brokerEpoch = brokerEpoch;
    }

    /**
     * Hands out an id that nobody had before. Callable on any loop.
     *
     * @param taker called once on {@code replyTo}; empty when none can be had now
     */
    public void take(EventLoop replyTo, Consumer<OptionalLong> taker) {
        Shards.run(loop, () -> take(id -> Shards.run(replyTo, () -> taker.accept(id))));
    }

    private void take(Consumer<OptionalLong> taker) {
        if (next < end) {
            taker.accept(OptionalLong.of(next++));
            return;
        }
        if (waiting.size() == WAITING_MAX) {
            taker.accept(OptionalLong.empty());
            return;
        }
        waiting.add(taker);
        if (!asking) {
            asking = true;
            commands.submit(
                    new RegionCommand.AllocateProducerIds(brokerId, brokerEpoch.getAsLong()),
                    loop,
                    this::serve);
        }
    }

    private void serve(Answer<ProducerIdBlock> answer) {
        asking = false;
        if (answer instanceof Answer.Done<ProducerIdBlock>(ProducerIdBlock block)) {
            next = block.first();
            end = block.first() + block.count();
        }
        boolean refused = next == end;
        for (int left = waiting.size(); left > 0; left--) {
            Consumer<OptionalLong> taker = waiting.remove();
            if (refused) {
                taker.accept(OptionalLong.empty());
            } else {
                take(taker);
            }
        }
    }
}
