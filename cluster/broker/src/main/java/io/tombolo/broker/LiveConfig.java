package io.tombolo.broker;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.region.config.BrokerConfig;

import java.util.Map;
import java.util.function.Supplier;

/** The broker's configs as they are now: the file, and what was set at run time. */
final class LiveConfig implements Supplier<BrokerConfig> {

    private final Images images;
    private final NodeSettings settings;
    private final BrokerConfig fixed;
    private volatile Snapshot snapshot;

    LiveConfig(Images images, NodeSettings settings) {
        this.images = images;
        this.settings = settings;
        this.fixed = settings.config();
        this.snapshot = new Snapshot(Map.of(), Map.of(), fixed);
    }

    @Override
    public BrokerConfig get() {
        MetadataImage image = images.current();
        Map<String, String> own = image.configs().of(ConfigResource.broker(settings.nodeId()));
        Map<String, String> all = image.configs().of(ConfigResource.allBrokers());
        Snapshot last = snapshot;
        if (last.own == own && last.all == all) {
            return last.config;
        }
        BrokerConfig config = fixed.withDynamic(own, all);
        snapshot = new Snapshot(own, all, config);
        return config;
    }

    private record Snapshot(
            Map<String, String> own, Map<String, String> all, BrokerConfig config) {}
}
