package io.tombolo.metadata.record;

import io.tombolo.metadata.record.BrokerRecord.BrokerChange;
import io.tombolo.metadata.record.BrokerRecord.BrokerDrain;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.BrokerRecord.BrokerUnregistered;
import io.tombolo.metadata.record.BrokerRecord.Drain;
import io.tombolo.metadata.record.BrokerRegistration.Levels;
import io.tombolo.metadata.record.BrokerRegistration.PreviousStop;
import io.tombolo.metadata.record.BrokerRegistration.Standing;

import org.apache.kafka.common.Uuid;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The fields of broker records. What a broker rarely is, is a tagged field. */
final class BrokerFields {

    private static final int SHUTTING_DOWN = 0;
    private static final int OFFLINE_LOG_DIRS = 1;
    private static final int PREVIOUS_STOP = 2;
    private static final int FEATURES = 3;

    private BrokerFields() {}

    static void write(BrokerRecord record, FieldWriter to) {
        switch (record) {
            case BrokerRegistered(var broker) -> {
                to.number(broker.brokerId())
                        .uuid(broker.incarnation())
                        .number(broker.brokerEpoch())
                        .list(broker.endpoints().listeners(), BrokerFields::writeListener)
                        .string(broker.endpoints().rack())
                        .uuids(broker.logDirs())
                        .flag(broker.fenced());
                writeTags(broker.standing(), broker.endpoints().features(), to);
            }
            case BrokerChange(var id, var epoch, var fenced, var shuttingDown, var offline) -> {
                to.number(id).number(epoch).flag(fenced);
                writeTags(
                        new Standing(fenced, shuttingDown, offline, PreviousStop.UNKNOWN),
                        new TreeMap<>(),
                        to);
            }
            case BrokerUnregistered(var id, var epoch) -> to.number(id).number(epoch).tags(0);
            case BrokerDrain(var id, var drain) ->
                    to.number(id).number(drain.goal().code()).string(drain.cause()).tags(0);
        }
    }

    static BrokerRecord read(RecordType type, FieldReader from) {
        int brokerId = from.smallNumber();
        return switch (type) {
            case BROKER_CHANGE -> readChange(brokerId, from);
            case BROKER_UNREGISTERED -> {
                var record = new BrokerUnregistered(brokerId, from.number());
                from.tags(FieldReader.TagReader.NONE);
                yield record;
            }
            case BROKER_DRAIN -> {
                var drain = new Drain(Drain.Goal.ofCode(from.smallNumber()), from.string());
                from.tags(FieldReader.TagReader.NONE);
                yield new BrokerDrain(brokerId, drain);
            }
            default -> readRegistered(brokerId, from);
        };
    }

    private static BrokerChange readChange(int brokerId, FieldReader from) {
        long brokerEpoch = from.number();
        Standing standing = Tags.of(from.flag(), from).standing();
        return new BrokerChange(
                brokerId,
                brokerEpoch,
                standing.fenced(),
                standing.shuttingDown(),
                standing.offlineLogDirs());
    }

    private static BrokerRegistered readRegistered(int brokerId, FieldReader from) {
        Uuid incarnation = from.uuid();
        long brokerEpoch = from.number();
        List<BrokerListener> listeners = from.list(4, BrokerFields::readListener);
        String rack = from.string();
        List<Uuid> logDirs = from.uuids();
        var tags = Tags.of(from.flag(), from);
        return new BrokerRegistered(
                new BrokerRegistration(
                        brokerId,
                        incarnation,
                        brokerEpoch,
                        new BrokerRegistration.Endpoints(listeners, rack, tags.features),
                        logDirs,
                        tags.standing()));
    }

    private static void writeTags(
            Standing standing, SortedMap<String, Levels> features, FieldWriter to) {
        boolean offline = !standing.offlineLogDirs().isEmpty();
        boolean known = standing.previousStop() != PreviousStop.UNKNOWN;
        to.tags(
                (standing.shuttingDown() ? 1 : 0)
                        + (offline ? 1 : 0)
                        + (known ? 1 : 0)
                        + (features.isEmpty() ? 0 : 1));
        if (standing.shuttingDown()) {
            to.tag(SHUTTING_DOWN, field -> field.flag(true));
        }
        if (offline) {
            to.tag(OFFLINE_LOG_DIRS, field -> field.uuids(standing.offlineLogDirs()));
        }
        if (known) {
            to.tag(
                    PREVIOUS_STOP,
                    field -> field.flag(standing.previousStop() == PreviousStop.CLEAN));
        }
        if (!features.isEmpty()) {
            to.tag(FEATURES, field -> writeFeatures(features, field));
        }
    }

    static void writeFeatures(SortedMap<String, Levels> features, FieldWriter to) {
        to.list(List.copyOf(features.entrySet()), BrokerFields::writeLevels);
    }

    static SortedMap<String, Levels> readFeatures(FieldReader from) {
        var features = new TreeMap<String, Levels>();
        from.list(3, field -> readFeature(features, field));
        return features;
    }

    private static boolean readFeature(SortedMap<String, Levels> features, FieldReader field) {
        String name = field.string();
        return features.put(name, new Levels(field.shortNumber(), field.shortNumber())) == null;
    }

    private static void writeLevels(FieldWriter to, Map.Entry<String, Levels> feature) {
        to.string(feature.getKey())
                .number(feature.getValue().min())
                .number(feature.getValue().max());
    }

    private static void writeListener(FieldWriter to, BrokerListener listener) {
        to.string(listener.name())
                .string(listener.host())
                .number(listener.port())
                .string(listener.securityProtocol());
    }

    private static BrokerListener readListener(FieldReader from) {
        return new BrokerListener(from.string(), from.string(), from.smallNumber(), from.string());
    }

    /** The tagged fields that were there. */
    private static final class Tags {

        private boolean shuttingDown;
        private List<Uuid> offlineLogDirs = List.of();
        private PreviousStop previousStop = PreviousStop.UNKNOWN;
        private SortedMap<String, Levels> features = new TreeMap<>();
        private final boolean fenced;

        private Tags(boolean fenced) {
            this.fenced = fenced;
        }

        static Tags of(boolean fenced, FieldReader from) {
            var tags = new Tags(fenced);
            from.tags(tags::read);
            return tags;
        }

        Standing standing() {
            return new Standing(fenced, shuttingDown, offlineLogDirs, previousStop);
        }

        boolean read(int tag, FieldReader field) {
            switch (tag) {
                case SHUTTING_DOWN -> shuttingDown = field.flag();
                case OFFLINE_LOG_DIRS -> offlineLogDirs = field.uuids();
                case PREVIOUS_STOP ->
                        previousStop = field.flag() ? PreviousStop.CLEAN : PreviousStop.UNCLEAN;
                case FEATURES -> features = readFeatures(field);
                default -> {
                    return false;
                }
            }
            return true;
        }
    }
}
