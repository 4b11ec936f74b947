/**
 * The network of this machine, on Netty: event loops, framed connections and the admin HTTP
 * listener.
 *
 * <p>Lives here: everything that imports Netty, and the rules that bound what a connection may cost
 * (memory budget per loop, back-pressure, stalls).
 *
 * <p>Must never live here: knowledge of what a frame contains. No Netty type appears in a public
 * signature.
 *
 * <p>Start reading at {@link io.tombolo.network.NettyNetwork}; the memory rules are in {@code
 * FrameBudget}, the framing in {@code FrameReader}.
 */
@NullMarked
package io.tombolo.network;

import org.jspecify.annotations.NullMarked;
