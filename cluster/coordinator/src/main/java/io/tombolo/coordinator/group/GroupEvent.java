package io.tombolo.coordinator.group;

/** What is worth telling a human about a group; only of what is committed. */
public sealed interface GroupEvent {

    /** The group. */
    String group();

    /** Members have to join again. */
    record RebalanceStarted(String group, int generation, String reason) implements GroupEvent {}

    /** Every member of the generation may fetch its assignment. */
    record Stabilized(String group, int generation, int memberCount) implements GroupEvent {}

    /** The last member is gone. */
    record Emptied(String group, int generation) implements GroupEvent {}

    /** A member was removed because it was silent for too long. */
    record MemberExpired(String group, String memberId, String reason) implements GroupEvent {}
}
