/**
 * What a user does with consumer groups, over the Kafka protocol: who is in them, how far they are
 * behind, in records and in seconds, and where they go on.
 *
 * <p>Start reading at {@link io.tombolo.cli.group.GroupSight}.
 */
@NullMarked
package io.tombolo.cli.group;

import org.jspecify.annotations.NullMarked;
