package io.tombolo.controller;

import io.tombolo.controller.command.Command;
import io.tombolo.metadata.image.MetadataImage;

/** The controller, or a broken variant of it that the invariants must notice. */
interface Decider {

    <A> ControllerResult<A> handle(
            Command<A> command, MetadataImage tip, Circumstances circumstances);
}
