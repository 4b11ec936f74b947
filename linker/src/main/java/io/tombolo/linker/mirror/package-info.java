/**
 * What makes a copy faithful: the state machine of one mirror partition and the judgements it rests
 * on.
 *
 * <p>Lives here: pure code only; time comes in as an argument, and everything that is to be done
 * goes out as an effect.
 *
 * <p>Must never live here: loops, ports that are called, connections, logging.
 *
 * <p>Start reading at {@link io.tombolo.linker.mirror.MirrorPartition}.
 */
@NullMarked
package io.tombolo.linker.mirror;

import org.jspecify.annotations.NullMarked;
