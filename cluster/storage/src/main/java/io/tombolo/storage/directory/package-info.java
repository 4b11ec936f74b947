/**
 * All log directories of a broker, as one.
 *
 * <p>Lives here: opening them side by side, finding a log in them, choosing one for a new log, and
 * what is left when some of them are offline. A single directory, and the move of a log between
 * two, are in {@code io.tombolo.storage.log}.
 *
 * <p>Must never live here: who leads what, and how the controller hears of it.
 *
 * <p>Start reading at {@link io.tombolo.storage.directory.LogDirectories}.
 */
@NullMarked
package io.tombolo.storage.directory;

import org.jspecify.annotations.NullMarked;
