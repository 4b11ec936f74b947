package io.tombolo.linker.source;

import io.tombolo.environment.Frame;
import io.tombolo.environment.Invariant;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps a received frame until the last of those who read it is done. Mutable; owned by the loop of
 * the link. It begins with one holder.
 */
public final class FrameLease {

    private final Frame frame;
    private final int bytes;
    private final List<Runnable> afterRelease = new ArrayList<>(1);
    private int holders = 1;

    FrameLease(Frame frame) {
        this.frame = frame;
        this.bytes = frame.bytes().limit();
    }

    /** Runs a task when the last holder is gone. */
    public void onRelease(Runnable task) {
        afterRelease.add(task);
    }

    /** Size of the frame. */
    public int bytes() {
        return bytes;
    }

    /** Adds a holder. */
    public void retain() {
        Invariant.check(holders > 0, "a frame that was released is retained");
        holders++;
    }

    /** Removes a holder; the last one gives the frame back. */
    public void release() {
        Invariant.check(holders > 0, "a frame is released twice");
        if (--holders == 0) {
            frame.release();
            afterRelease.forEach(Runnable::run);
        }
    }
}
