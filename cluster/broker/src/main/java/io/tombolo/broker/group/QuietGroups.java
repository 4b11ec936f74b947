package io.tombolo.broker.group;

import io.tombolo.coordinator.group.GroupEvent;
import io.tombolo.coordinator.runtime.CoordinatorListener;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs of groups only what someone has to know: what failed. */
public final class QuietGroups implements CoordinatorListener<GroupEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(QuietGroups.class);

    @Override
    public void loaded(int partition, long recordCount, long elapsedNanos) {
        LOG.debug("Groups of partition {} are loaded: {} records", partition, recordCount);
    }

    @Override
    public void loadDelayed(int partition, String reason) {
        LOG.atWarn()
                .addKeyValue("partition", partition)
                .addKeyValue("reason", reason)
                .log("Groups cannot be loaded yet");
    }

    @Override
    public void appendRefused(int partition, String reason) {
        LOG.atWarn()
                .addKeyValue("partition", partition)
                .addKeyValue("reason", reason)
                .log("The changes of groups were refused by their log and undone");
    }

    @Override
    public void failed(int partition, RuntimeException cause) {
        LOG.atError()
                .addKeyValue("partition", partition)
                .setCause(cause)
                .log("The coordinator of groups failed");
    }

    @Override
    public void signal(int partition, GroupEvent event) {
        LOG.debug("Group event {}", event);
    }
}
