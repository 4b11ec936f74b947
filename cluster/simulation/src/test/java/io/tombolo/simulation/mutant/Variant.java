package io.tombolo.simulation.mutant;

import io.tombolo.simulation.law.Law;
import io.tombolo.simulation.site.Shape;

/** Worlds that are wrong in one place, to show that the laws notice. */
public enum Variant {
    SOUND(Shape.ONE_REGION, null),
    KILL_LOSES_THE_PAGE_CACHE(Shape.ONE_REGION, Law.ACKED_PRESENT),
    DISK_FORGETS_TO_FORCE_LOGS(Shape.ONE_REGION, Law.ACKED_PRESENT),
    RETRY_WITH_NEW_SEQUENCE(Shape.ONE_REGION, Law.ONCE),
    PRODUCERS_ARE_FORGOTTEN(Shape.ONE_REGION, Law.IN_SEQUENCE),
    ANSWERS_OVERTAKE(Shape.ONE_REGION, Law.ANSWERS_IN_ORDER),
    HIGH_WATERMARK_IS_REPORTED_BACK(Shape.ONE_REGION, Law.HIGH_WATERMARK),
    DISK_DAMAGES_WHAT_IT_HOLDS(Shape.ONE_REGION, Law.PREFIX_KEPT),
    OLD_EPOCH_IS_STAMPED(Shape.ONE_REGION, Law.EPOCHS_ASCEND),
    DISK_FORGETS_TO_FORCE_OFFSETS(Shape.ONE_REGION, Law.DURABLE_KEPT),
    METADATA_IS_NOT_FORCED(Shape.ONE_REGION, Law.METADATA),
    METADATA_GOES_BACK(Shape.TWO_REGIONS, Law.OWNERSHIP),
    FENCE_IS_IGNORED(Shape.TWO_REGIONS, Law.FENCED),
    LINK_CHANGES_EPOCHS(Shape.TWO_REGIONS, Law.MIRROR_PREFIX),
    LINK_WRITES_AFTER_PROMOTION(Shape.TWO_REGIONS, Law.LINK_SILENT),
    LINK_DROPS_BATCHES(Shape.TWO_REGIONS, Law.PROGRESS),
    LINK_SETS_GROUPS_BACK(Shape.TWO_REGIONS, Law.GROUP_OFFSETS),
    LINK_MOVES_GROUPS_AHEAD(Shape.TWO_REGIONS, Law.NOTHING_SKIPPED),
    LINK_HIDES_LOSS(Shape.TWO_REGIONS, Law.LOSS_BOUND),
    REGISTRY_FORGETS(Shape.TWO_REGIONS, Law.PROGRESS),
    REGISTRY_FORGES_OWNERS(Shape.TWO_REGIONS, Law.ONE_WRITER),
    EVERY_STOP_IS_CALLED_CLEAN(Shape.THREE_BROKERS, Law.COMMITTED_KEPT),
    FOLLOWER_CUTS_AT_ITS_HIGH_WATERMARK(Shape.THREE_BROKERS, Law.COMMITTED_KEPT),
    FOLLOWER_CHANGES_EPOCHS(Shape.THREE_BROKERS, Law.ONE_HISTORY),
    FOLLOWER_LEADS_UNASKED(Shape.THREE_BROKERS, Law.ONE_LEADER),
    FETCHES_ARE_FORGED(Shape.THREE_BROKERS, Law.IN_SYNC),
    LEADER_ALONE_IS_TAKEN_FOR_ALL(Shape.THREE_BROKERS, Law.ACKED_PRESENT);

    private final Shape shape;
    private final Law law;

    Variant(Shape shape, Law law) {
        this.shape = shape;
        this.law = law;
    }

    /** The world in which it shows. */
    public Shape shape() {
        return shape;
    }

    /** The law that it breaks. */
    public Law law() {
        return law;
    }
}
