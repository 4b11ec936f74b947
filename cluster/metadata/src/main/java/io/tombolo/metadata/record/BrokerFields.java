package io.tombolo.metadata.record;

import io.tombolo.metadata.record.BrokerRecord.BrokerChange;
import io.tombolo.metadata.record.BrokerRecord.BrokerDrain;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.BrokerRecord.BrokerUnregistered;
import io.tombolo.metadata.record.BrokerRecord.Drain;
import io.tombolo.metadata.record.BrokerRegistration.PreviousStop;
import io.tombolo.metadata.record.BrokerRegistration.Standing;

import org.apache.kafka.common.Uuid;

import java.util.List;

/** The fields of broker records. What a broker rarely is, is a tagged field. */
final class BrokerFields {

    private static final int SHUTTING_DOWN = 0;
    private static final int OFFLINE_LOG_DIRS = 1;
    private static final int PREVIOUS_STOP = 2;

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
                writeTags(broker.standing(), to);
            }
            case BrokerChange(var id, var epoch, var fenced, var shuttingDown, var offline) -> {
                to.number(id).number(epoch).flag(fenced);
                writeTags(new Standing(fenced, shuttingDown, offline, PreviousStop.UNKNOWN), to);
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
        Standing standing = readStanding(from.flag(), from);
        return new BrokerChange(
                brokerId,
                brokerEpoch,
                standing.fenced(),
                standing.shuttingDown(),
                standing.offlineLogDirs());
    }

    private static BrokerRegistered readRegistered(int brokerId, FieldReader from) {
        var broker =
                new BrokerRegistration(
                        brokerId,
                        from.uuid(),
                        from.number(),
                        new BrokerRegistration.Endpoints(
                                from.list(4, BrokerFields::readListener), from.string()),
                        from.uuids(),
                        from.flag());
        return new BrokerRegistered(broker.with(readStanding(broker.fenced(), from)));
    }

    private static void writeTags(Standing standing, FieldWriter to) {
        boolean offline = !standing.offlineLogDirs().isEmpty();
        boolean known = standing.previousStop() != PreviousStop.UNKNOWN;
        to.tags((standing.shuttingDown() ? 1 : 0) + (offline ? 1 : 0) + (known ? 1 : 0));
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
    }

    private static Standing readStanding(boolean fenced, FieldReader from) {
        var tags = new Tags();
        from.tags(tags::read);
        return new Standing(fenced, tags.shuttingDown, tags.offlineLogDirs, tags.previousStop);
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

        boolean read(int tag, FieldReader field) {
            switch (tag) {
                case SHUTTING_DOWN -> shuttingDown = field.flag();
                case OFFLINE_LOG_DIRS -> offlineLogDirs = field.uuids();
                case PREVIOUS_STOP ->
                        previousStop = field.flag() ? PreviousStop.CLEAN : PreviousStop.UNCLEAN;
                default -> {
                    return false;
                }
            }
            return true;
        }
    }
}
