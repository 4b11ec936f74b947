package io.tombolo.replication.repair;

/**
 * What a repair does not take for granted; less than {@link #ALL} only in tests of the tests.
 *
 * @param tellsFirst whether the controller hears of damage before anything is cut
 * @param limits whether what cannot be believed is cut
 * @param measures whether a log that has come back shorter counts as damaged
 */
public record RepairRules(boolean tellsFirst, boolean limits, boolean measures) {

    public static final RepairRules ALL = new RepairRules(true, true, true);
}
