package io.tombolo.metadata.record;

/**
 * The types of records on disk. Numbers are never used again; a version goes up only when an old
 * reader would misunderstand the new form, otherwise a tagged field is added.
 */
enum RecordType {
    NO_OP(0),
    REGION_IDENTITY(1),
    FEATURE_LEVEL(2),
    PRODUCER_IDS_ALLOCATED(3),
    RECEIPT(4),
    CONTROLLER_REGISTERED(5),
    CONTROLLER_UNREGISTERED(6),
    BROKER_REGISTERED(10),
    BROKER_CHANGE(11),
    BROKER_UNREGISTERED(12),
    BROKER_DRAIN(13),
    TOPIC_CREATED(20),
    TOPIC_DELETED(21),
    PARTITION_CREATED(22),
    PARTITION_CHANGED(23),
    CONFIG_SET(30),
    CONFIG_REMOVED(31),
    LINK_DEFINED(40),
    LINK_PAUSED(41),
    LINK_REMOVED(42),
    MIRROR_TOPIC_DEFINED(43),
    MIRROR_TOPIC_STATE_CHANGED(44),
    MIRROR_PARTITION_SETTLED(45),
    MIRROR_OFFSETS_CLAMPED(46),
    MIRROR_CONFIGS_FOLLOWED(47),
    MIRROR_TRANSACTIONS_FOUND(48),
    MIRROR_TRANSACTIONS_ABORTED(49),
    OWNERSHIP(50),
    MIRROR_RETURNED(51),
    DIVERGENCE_FOUND(52),
    DIVERGENCE_EXPORTED(53),
    REPLICAS_TO_CUT(54),
    MIRROR_TRANSACTIONS_COMPARED(55),
    PARTITION_FENCED(56),
    AUDITED(57),
    LINEAGE_EXTENDED(58),
    GAP_RECORDED(59);

    private static final RecordType[] BY_CODE = new RecordType[60];

    static {
        for (RecordType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final int code;

    RecordType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /** The newest version that is understood; older ones are too. */
    int version() {
        return 0;
    }

    static RecordType ofCode(int code) {
        if (code < 0 || code >= BY_CODE.length || BY_CODE[code] == null) {
            throw new UnreadableRecord("metadata record type " + code + " is unknown");
        }
        return BY_CODE[code];
    }
}
