/**
 * What this product says when it refuses: one claim with a stable code, where it is in the user's
 * file, what was seen, why it matters and how to put it right.
 *
 * <p>Lives here: the diagnostic as data, its text form, and the search for the name that the user
 * probably meant. Must never live here: a rule that finds a fault, colours, or standard output.
 *
 * <p>Start reading at {@link io.tombolo.region.diagnosis.Violation}.
 */
@NullMarked
package io.tombolo.region.diagnosis;

import org.jspecify.annotations.NullMarked;
