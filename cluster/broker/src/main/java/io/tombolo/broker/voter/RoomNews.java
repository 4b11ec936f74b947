package io.tombolo.broker.voter;

import io.tombolo.raft.core.RaftEvent.Room;

import org.slf4j.Logger;

/** Tells the operator, once for each change, how much room there is for the metadata log. */
public final class RoomNews {

    private RoomNews() {}

    public static void tell(Logger log, Room room) {
        switch (room) {
            case AMPLE -> log.atInfo().log("There is room for the metadata log again");
            case RESERVE ->
                    log.atError()
                            .log(
                                    "The disk of the metadata log is full: nothing that grows is"
                                            + " created until there is room; deletions and configs"
                                            + " take from its reserve");
            case NONE ->
                    log.atError()
                            .log(
                                    "The disk of the metadata log is full and its reserve used up:"
                                            + " no metadata changes until there is room");
        }
    }
}
