/**
 * The inside of Kafka's record batches, format 2.
 *
 * <p>Lives here: views that read a batch where it lies and change the few fields a broker may
 * change, the walk over consecutive batches, the reading of single records behind a bound on what
 * they inflate to, the building of batches, and the check of what a client sends.
 *
 * <p>Must never live here: offsets assignment, producer state, or anything that knows a log. A
 * batch is bytes; nothing here allocates per record unless records are asked for one by one.
 *
 * <p>Start reading at {@link io.tombolo.protocol.records.BatchView}; {@link
 * io.tombolo.protocol.records.RecordReader} goes inside, {@link
 * io.tombolo.protocol.records.BatchBuilder} goes the other way.
 */
@NullMarked
package io.tombolo.protocol.records;

import org.jspecify.annotations.NullMarked;
