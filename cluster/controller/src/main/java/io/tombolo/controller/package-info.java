/**
 * The active controller: commands become metadata records.
 *
 * <p>Lives here: what each command decides ({@link io.tombolo.controller.Controller}, pure), and
 * the driver that hands the records to the quorum, keeps the optimistic tip and answers when they
 * are committed ({@link io.tombolo.controller.ActiveController}). No decision costs more than what
 * it touches: nothing here walks over all topics or all partitions.
 *
 * <p>Must never live here: logs, replication, sockets, Kafka's requests; reading metadata (readers
 * take the image that is published). There is one way in, a command, and one way out, the image.
 *
 * <p>Start reading at {@link io.tombolo.controller.command.Command} and {@link
 * io.tombolo.controller.Controller}.
 */
@NullMarked
package io.tombolo.controller;

import org.jspecify.annotations.NullMarked;
