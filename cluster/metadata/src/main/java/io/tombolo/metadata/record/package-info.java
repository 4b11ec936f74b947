/**
 * The records of a region's metadata log and their binary form.
 *
 * <p>Lives here: one sealed family of records that says everything that can happen to a region's
 * metadata, the small values they are made of, and {@link
 * io.tombolo.metadata.record.MetadataRecordCodec}. The form is versioned per record type; a reader
 * skips tagged fields that it does not know and refuses types and versions that it does not know.
 *
 * <p>Must never live here: decisions (those are the controller's), clocks, threads, files. Progress
 * of single mirrored partitions is not metadata either: it is derived from their logs.
 *
 * <p>Start reading at {@link io.tombolo.metadata.record.MetadataRecord}.
 */
@NullMarked
package io.tombolo.metadata.record;

import org.jspecify.annotations.NullMarked;
