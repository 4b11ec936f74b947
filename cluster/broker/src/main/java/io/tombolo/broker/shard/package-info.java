/**
 * The partitions of this broker, spread over its loops.
 *
 * <p>Lives here: which loop owns a partition, and the way to ask something of a partition that
 * another loop owns. Must never live here: requests of clients. Start reading at {@link
 * io.tombolo.broker.shard.Shards}.
 */
@NullMarked
package io.tombolo.broker.shard;

import org.jspecify.annotations.NullMarked;
