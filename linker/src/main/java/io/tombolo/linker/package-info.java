/**
 * The offset-preserving link: copies partitions of a source cluster byte for byte, at the same
 * offsets and leader epochs, and the committed offsets of its groups.
 *
 * <p>Lives here: the pure decisions about topics and group offsets, and the shell that carries
 * their effects out on one event loop.
 *
 * <p>Must never live here: broker, storage or replication code (the ports of {@code
 * io.tombolo.region.link} are all it sees of its region), threads, locks, or a clock of its own.
 *
 * <p>Start reading at {@code ClusterLink}, then {@link io.tombolo.linker.mirror.MirrorPartition}.
 */
@NullMarked
package io.tombolo.linker;

import org.jspecify.annotations.NullMarked;
