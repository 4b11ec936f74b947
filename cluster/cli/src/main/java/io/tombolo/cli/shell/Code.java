package io.tombolo.cli.shell;

/**
 * The codes of what the command line itself finds wrong. Codes of the topology file begin with
 * TMB-1 and come from the file's reader; codes of refusals for safety begin with TMB-4, and those
 * of failovers come from brokers.
 */
public enum Code {
    USAGE(2001, ExitCode.USAGE),
    NO_FILE(2002, ExitCode.USAGE),
    UNKNOWN_REGION(2003, ExitCode.USAGE),
    UNKNOWN_BROKER(2004, ExitCode.USAGE),
    UNKNOWN_CODE(2005, ExitCode.USAGE),
    BAD_INPUT(2006, ExitCode.USAGE),
    UNKNOWN_LINK(2007, ExitCode.USAGE),
    UNKNOWN_POLICY(2008, ExitCode.USAGE),
    UNKNOWN_PLAN(2009, ExitCode.USAGE),
    UNKNOWN_PATH(2010, ExitCode.USAGE),
    UNREACHABLE(2101, ExitCode.FAILED),
    TIMED_OUT(2102, ExitCode.TIMED_OUT),
    BAD_ANSWER(2103, ExitCode.FAILED),
    NO_SUCH_TOPIC(2201, ExitCode.USAGE),
    TOPIC_EXISTS(2202, ExitCode.FAILED),
    NO_SUCH_GROUP(2203, ExitCode.USAGE),
    READ_ONLY(2204, ExitCode.REFUSED),
    KAFKA_REFUSED(2205, ExitCode.FAILED),
    GROUP_IN_USE(2206, ExitCode.REFUSED),
    NO_SUCH_TRANSACTION(2207, ExitCode.USAGE),
    TRANSACTION_NOT_OPEN(2208, ExitCode.REFUSED),
    START_REFUSED(2301, ExitCode.FAILED),
    BROKER_FAILED(2302, ExitCode.FAILED),
    DEMO_FAILED(2303, ExitCode.FAILED),
    NOT_STARTED(2304, ExitCode.FAILED),
    RUN_BUSY(2305, ExitCode.FAILED),
    NO_LOG(2306, ExitCode.FAILED),
    NOT_OURS(2307, ExitCode.FAILED),
    DRAIN_STUCK(2308, ExitCode.FAILED),
    APPLY_UNFINISHED(2309, ExitCode.TIMED_OUT),
    NOT_EXPORTABLE(2310, ExitCode.FAILED),
    PLANS_UNUSABLE(2311, ExitCode.FAILED),
    APPLY_BUSY(2312, ExitCode.FAILED),
    NOT_CONFIRMED(2401, ExitCode.REFUSED),
    REASON_MISSING(2402, ExitCode.USAGE),
    FAILOVER_REFUSED(4001, ExitCode.REFUSED),
    FAILOVER_FAILED(4002, ExitCode.FAILED),
    FAILBACK_REFUSED(4003, ExitCode.REFUSED),
    HANDOVER_REFUSED(4004, ExitCode.REFUSED),
    HANDOVER_TAKEN_BACK(4005, ExitCode.FAILED),
    HANDOVER_UNFINISHED(4006, ExitCode.TIMED_OUT),
    HANDOVER_FOREIGN(4007, ExitCode.REFUSED),
    RESTART_REFUSED(4101, ExitCode.REFUSED),
    DRAIN_REFUSED(4102, ExitCode.REFUSED),
    START_UNSAFE(4103, ExitCode.REFUSED),
    PLAN_MOVED(4201, ExitCode.REFUSED),
    PLAN_EXPIRED(4202, ExitCode.REFUSED),
    INTERNAL(9001, ExitCode.FAILED);

    private final int number;
    private final ExitCode exitCode;

    Code(int number, ExitCode exitCode) {
        this.number = number;
        this.exitCode = exitCode;
    }

    /** As printed: {@code TMB-2101}. */
    public String text() {
        return "TMB-" + number;
    }

    /** How a command ends that fails with it. */
    public ExitCode exitCode() {
        return exitCode;
    }
}
