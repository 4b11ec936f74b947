package io.tombolo.controller.command;

/**
 * Something that is to become so. Commands are values; {@code Controller} decides them.
 *
 * @param <A> what the command is answered with when it is not refused as a whole
 */
public sealed interface Command<A>
        permits BrokerCommand,
                TopicCommand,
                ReplicaCommand,
                ConfigCommand,
                RegionCommand,
                LinkCommand,
                HandoverCommand {}
