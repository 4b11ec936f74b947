package io.tombolo.replication.follower;

/**
 * From where a follower asks its leader to go on.
 *
 * @param leaderEpoch of the leadership that is followed
 * @param fetchOffset the end of its log
 * @param lastFetchedEpoch leader epoch of its last record, −1 when it has none
 * @param logStartOffset the start of its log
 */
public record FetchPosition(
        int leaderEpoch, long fetchOffset, int lastFetchedEpoch, long logStartOffset) {}
