/**
 * What the controller can be asked for, and how it answers.
 *
 * <p>Lives here: commands as values, grouped by what they concern, and their answers. Must never
 * live here: how a command is decided or how it reaches the controller.
 *
 * <p>Start reading at {@link io.tombolo.controller.command.Command}.
 */
@NullMarked
package io.tombolo.controller.command;

import org.jspecify.annotations.NullMarked;
