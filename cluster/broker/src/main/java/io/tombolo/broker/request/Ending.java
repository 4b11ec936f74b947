package io.tombolo.broker.request;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Payload;

import java.util.List;

/** How an exchange ends. */
sealed interface Ending {

    /** With an answer; whoever has this owns the frame. */
    record Answer(List<Payload> frame) implements Ending {}

    /** Without an answer, as acks=0 asks for. */
    record Nothing() implements Ending {}

    /** With the end of the connection. */
    record Close(CloseReason reason) implements Ending {}
}
