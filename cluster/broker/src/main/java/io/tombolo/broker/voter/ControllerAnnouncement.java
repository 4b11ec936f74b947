package io.tombolo.broker.voter;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.RegionCommand.RegisterController;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.record.BrokerRegistration.Levels;
import io.tombolo.metadata.record.RegionRecord.ControllerRegistered;

import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * A controller of its own tells the region what it can run, whenever the metadata do not say so
 * (KIP-919). Confined to the controller's loop.
 */
public final class ControllerAnnouncement {

    private static final long RETRY_NANOS = Duration.ofMillis(500).toNanos();

    private final int controllerId;
    private final SortedMap<String, Levels> features;
    private final Images images;
    private final Commands commands;
    private final EventLoop loop;
    private final Consumer<String> refused;
    private boolean asking;
    private boolean stopped;

    /**
     * @param refused called when the region runs what this controller cannot, with the reason
     */
    public ControllerAnnouncement(
            int controllerId,
            SortedMap<String, Levels> features,
            Images images,
            Commands commands,
            EventLoop loop,
            Consumer<String> refused) {
        this.controllerId = controllerId;
        this.features = features;
        this.images = images;
        this.commands = commands;
        this.loop = loop;
        this.refused = refused;
    }

    /** The metadata have changed. */
    public void published() {
        var own = new ControllerRegistered(controllerId, features);
        boolean known =
                own.equals(images.current().region().controllers().get(controllerId))
                        || images.current().region().identity().isEmpty();
        if (!known && !asking && !stopped) {
            asking = true;
            commands.submit(new RegisterController(controllerId, features), loop, this::answered);
        }
    }

    private void answered(Answer<Applied> answer) {
        if (answer instanceof Answer.Refused<Applied> refusal
                && refusal.error() == Errors.UNSUPPORTED_VERSION) {
            refused.accept(refusal.message());
            return;
        }
        loop.schedule(
                RETRY_NANOS,
                () -> {
                    asking = false;
                    published();
                });
    }

    public void stop() {
        stopped = true;
    }
}
