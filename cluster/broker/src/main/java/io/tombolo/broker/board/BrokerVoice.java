package io.tombolo.broker.board;

import io.tombolo.broker.Broker;
import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.LifePhase;
import io.tombolo.coordinator.group.entry.GroupAdministration.Counts;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.RegionDocument.Standing;
import io.tombolo.region.registry.RegionRegistry;
import io.tombolo.region.registry.Sighting;

import java.util.Optional;

/** What a broker tells on the board of its region. Mutable, confined to the core's loop. */
public final class BrokerVoice implements RegionBoard.Voice {

    private final Broker broker;
    private final RegionRegistry registry;
    private Counts counts = new Counts(0, 0);
    private boolean counting;

    public BrokerVoice(Broker broker, RegionRegistry registry) {
        this.broker = broker;
        this.registry = registry;
    }

    /** With the groups as they were when it was asked before. */
    @Override
    public Optional<Standing> standing() {
        if (broker.phase() != LifePhase.SERVING && broker.phase() != LifePhase.STOPPING) {
            return Optional.empty();
        }
        broker.core().ifPresent(this::count);
        return Optional.of(
                new Standing(
                        broker.phase().word(),
                        broker.clientConnections(),
                        counts.groups(),
                        counts.members()));
    }

    private void count(BrokerCore core) {
        if (!counting) {
            counting = true;
            core.countGroups(found -> {
                counts = found;
                counting = false;
            });
        }
    }

    @Override
    public Optional<RegionDocument> region() {
        return broker.core()
                .flatMap(core -> registry.lastSeen(core.settings().region().id()))
                .map(Sighting::document);
    }

    @Override
    public boolean speaker() {
        return broker.core()
                .filter(core -> core.images().leadBrokerId() == core.settings().id().value())
                .isPresent();
    }
}
