package io.tombolo.simulation.mutant;

import io.tombolo.simulation.law.Law;

/** Worlds that are wrong in one place, to show that the laws notice. */
public enum Variant {
    SOUND(null),
    KILL_LOSES_THE_PAGE_CACHE(Law.ACKED_PRESENT),
    DISK_FORGETS_TO_FORCE_LOGS(Law.ACKED_PRESENT),
    RETRY_WITH_NEW_SEQUENCE(Law.ONCE),
    PRODUCERS_ARE_FORGOTTEN(Law.IN_SEQUENCE),
    ANSWERS_OVERTAKE(Law.ANSWERS_IN_ORDER),
    HIGH_WATERMARK_IS_REPORTED_BACK(Law.HIGH_WATERMARK),
    DISK_DAMAGES_WHAT_IT_HOLDS(Law.PREFIX_KEPT),
    OLD_EPOCH_IS_STAMPED(Law.EPOCHS_ASCEND),
    DISK_FORGETS_TO_FORCE_OFFSETS(Law.DURABLE_KEPT),
    METADATA_IS_NOT_FORCED(Law.METADATA),
    METADATA_GOES_BACK(Law.OWNERSHIP),
    FENCE_IS_IGNORED(Law.FENCED),
    LINK_CHANGES_EPOCHS(Law.MIRROR_PREFIX),
    LINK_WRITES_AFTER_PROMOTION(Law.LINK_SILENT),
    LINK_DROPS_BATCHES(Law.PROGRESS),
    LINK_SETS_GROUPS_BACK(Law.GROUP_OFFSETS),
    LINK_MOVES_GROUPS_AHEAD(Law.NOTHING_SKIPPED),
    LINK_HIDES_LOSS(Law.LOSS_BOUND),
    REGISTRY_FORGETS(Law.PROGRESS),
    REGISTRY_FORGES_OWNERS(Law.ONE_WRITER);

    private final Law law;

    Variant(Law law) {
        this.law = law;
    }

    /** Whether it shows in a world of one region. */
    public boolean oneRegion() {
        return ordinal() <= METADATA_IS_NOT_FORCED.ordinal();
    }

    /** The law that it breaks. */
    public Law law() {
        return law;
    }
}
