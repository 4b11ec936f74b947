package io.tombolo.simulation;

/** Situations that a set of seeds must have been in, or it shows nothing. */
enum Happening {
    ACKNOWLEDGED,
    CONSUMED,
    OFFSET_COMMITTED,
    KILLED,
    POWER_LOST,
    DISK_FAILED,
    TAIL_LOST,
    ACKED_LOST_BY_POWER,
    LOG_REPAIRED,
    FAILED_OVER,
    FAILED_OVER_WITH_LAG,
    FAILOVER_REFUSED,
    FAILOVER_FINISHED_BY_A_RESTART,
    OLD_OWNER_REFUSED_A_WRITE,
    GROUP_CLAMPED,
    CONSUMER_RESUMED_ELSEWHERE,
    LINK_PAUSED,
    MIRRORED,
    LINK_FAILED_FOR_GOOD
}
