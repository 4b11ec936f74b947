package io.tombolo.controller;

import io.tombolo.metadata.image.MetadataDelta;

/** Is told what is committed. Called on the controller's loop, in the order of the log. */
public interface MetadataListener {

    /**
     * There is a newer image, {@link MetadataDelta#after}. Answers to the commands that made it are
     * given after this returns.
     */
    void published(MetadataDelta delta);

    /**
     * Metadata can not be followed any more: the log is damaged, belongs to another region, or this
     * program is wrong. Nothing is published after this.
     */
    void failed(Exception cause);
}
