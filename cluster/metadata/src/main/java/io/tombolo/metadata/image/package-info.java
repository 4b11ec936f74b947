/**
 * What a region knows about itself at one place of its metadata log.
 *
 * <p>Lives here: {@link io.tombolo.metadata.image.MetadataImage}, an immutable value on persistent
 * maps, the delta between two of them, and the way from an image to records and back. Applying a
 * batch of k records costs O(k log n) of time and memory, whatever n, the size of the image, is;
 * images share everything that the batch did not touch, and any number of threads may read them.
 *
 * <p>Must never live here: decisions (the controller's), clocks, threads, files, callbacks.
 *
 * <p>Start reading at {@link io.tombolo.metadata.image.MetadataImage#apply}.
 */
@NullMarked
package io.tombolo.metadata.image;

import org.jspecify.annotations.NullMarked;
