package io.tombolo.simulation.law;

/** What holds in every world, whatever goes wrong. */
public enum Law {
    ACKED_PRESENT("an acknowledged record is in the log that acknowledged it"),
    PREFIX_KEPT("a log that comes back is a prefix of what it was, without a torn batch"),
    COMMITTED_KEPT("every leader has what was committed, and no replica gives it up"),
    ONE_HISTORY("below their high watermarks all replicas are equal"),
    ONE_LEADER("a partition has one leader in an epoch"),
    IN_SYNC("who is in sync has what is committed"),
    GIVEN_COMMITTED("readers are given what is committed, and nothing else"),
    ONE_CONTROLLER("a term has one controller"),
    CONTROLLER_COMPLETE("every controller has the metadata that were committed before"),
    ONE_COMMITS("no controller commits what the controller of a later term does not have"),
    END_ASCENDS("the end of a partition that clients are told never goes back"),
    LOGS_MATCH("when all is healed, all replicas have the same bytes"),
    ONE_METADATA("all brokers have the same metadata at an offset"),
    PARTITION_EPOCHS("the epochs of a partition ascend, with each leader and with each change"),
    ELECTED_BY_RULE("leaders are in sync or eligible, or may lack something and say so"),
    ACKED_BY_LEADER(
            "what a leader alone acknowledged is lost when the next one begins without it, and"
                    + " only then"),
    LOSS_TOLD("what an unclean election loses is told, with where it begins"),
    CHANGES_HOLD("every change that was acknowledged holds, and none that was refused"),
    EMPTIED("a broker that was to be emptied leads nothing, and has nothing without a reason"),
    LEAVERS_REPLACED(
            "who leaves a partition leaves others in sync, and no broker leaves with a replica"),
    DURABLE_KEPT("what was durable is there after the power has failed"),
    ONCE("no record of an idempotent producer is in a log twice"),
    IN_SEQUENCE(
            "the batches of a producer are in a log in their sequence, from 0 and without a gap"),
    ANSWERS_IN_ORDER("a connection's requests are answered in their order"),
    HIGH_WATERMARK("the high watermark never goes back within a life, and stays within the log"),
    EPOCHS_ASCEND("leader epochs never go back along a log"),
    MIRROR_PREFIX("a mirror holds the batches of its source, byte for byte and in their order"),
    ONE_WRITER("one region takes writes under one ownership epoch"),
    FENCED("a region that heard of a higher ownership epoch takes no writes"),
    OWNERSHIP("the ownership epoch that a region knows never goes back"),
    LINK_SILENT("after the promotion a link appends nothing"),
    GROUP_OFFSETS("the offsets of a group never go back"),
    ONE_OWNER("a partition has one owner in each epoch of its group"),
    NOTHING_SKIPPED("a consumer that resumes skips no record"),
    LOSS_BOUND("what is missing after a failover is within the reported loss bound"),
    DIVERGENCE_TOLD(
            "what a log loses when it comes back was reported before, and nothing else was"),
    COMMON_KEPT("what comes back keeps what the owner has as well, and only that"),
    ACCOUNTED(
            "after a return each acknowledged record is in the owner's log or set aside for good"),
    LINEAGE("regions remember alike who has written to a partition from where on, and it is so"),
    TRANSACTIONS_ATOMIC("a transaction takes effect in all partitions or in none, as was told"),
    ABORTED_HIDDEN("readers of what is committed are given nothing else"),
    LSO_MOVES_ON("when the faults end, nothing keeps the last stable offset back"),
    TRANSACTED_OFFSETS("positions committed in transactions never go back, nor are they twice"),
    TORN_TOLD("what a failover tears is told, where epochs tell what a marker has ended"),
    FENCED_SILENT("a producer that was fenced writes nothing any more"),
    METADATA("the metadata log keeps what it has committed"),
    PROGRESS("when the faults end, everything gets done");

    private final String claim;

    Law(String claim) {
        this.claim = claim;
    }

    String claim() {
        return claim;
    }
}
