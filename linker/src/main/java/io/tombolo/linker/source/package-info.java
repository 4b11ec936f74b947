/**
 * The client of a source cluster: connections, calls, and what its answers say.
 *
 * <p>Lives here: connections over {@code environment.Network} with version negotiation, time-outs,
 * back-off and a circuit breaker per broker; the validated view of the source's metadata. The
 * source is untrusted: every limit on what it may send is here.
 *
 * <p>Must never live here: decisions about mirror topics, partitions or groups.
 *
 * <p>Start reading at {@link io.tombolo.linker.source.SourceCluster}.
 */
@NullMarked
package io.tombolo.linker.source;

import org.jspecify.annotations.NullMarked;
