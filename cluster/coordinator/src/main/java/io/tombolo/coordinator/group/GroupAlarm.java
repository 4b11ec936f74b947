package io.tombolo.coordinator.group;

import java.util.Comparator;

/**
 * What a deadline is for.
 *
 * @param group empty for {@link Kind#EXPIRY}
 * @param member empty for {@link Kind#EXPIRY}, and where all members of a classic group are meant
 */
record GroupAlarm(Kind kind, String group, String member) implements Comparable<GroupAlarm> {

    private static final Comparator<GroupAlarm> ORDER =
            Comparator.comparing(GroupAlarm::kind)
                    .thenComparing(GroupAlarm::group)
                    .thenComparing(GroupAlarm::member);

    /** Kinds of deadlines. */
    enum Kind {
        /** A member, or member to be, has been silent for too long. */
        SESSION,
        /** A member of a consumer group had long enough to let go of partitions. */
        RELEASE,
        /** The members of the next generation have been gathered for long enough. */
        JOIN,
        /** Members had long enough to ask for their assignment. */
        SYNC,
        /** It is time to look for expired offsets. */
        EXPIRY
    }

    static final GroupAlarm EXPIRY = new GroupAlarm(Kind.EXPIRY, "", "");

    static GroupAlarm session(String group, String member) {
        return new GroupAlarm(Kind.SESSION, group, member);
    }

    static GroupAlarm release(String group, String member) {
        return new GroupAlarm(Kind.RELEASE, group, member);
    }

    static GroupAlarm join(String group) {
        return new GroupAlarm(Kind.JOIN, group, "");
    }

    static GroupAlarm sync(String group) {
        return new GroupAlarm(Kind.SYNC, group, "");
    }

    /** One that speaks the classic protocol in a consumer group shall join again by then. */
    static GroupAlarm join(String group, String member) {
        return new GroupAlarm(Kind.JOIN, group, member);
    }

    /** One that speaks the classic protocol in a consumer group shall sync by then. */
    static GroupAlarm sync(String group, String member) {
        return new GroupAlarm(Kind.SYNC, group, member);
    }

    @Override
    public int compareTo(GroupAlarm other) {
        return ORDER.compare(this, other);
    }
}
