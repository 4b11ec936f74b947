/**
 * How data is printed: a plain tree as JSON or YAML, or a table for people; and amounts with units.
 *
 * <p>Never here: streams, what the data means. Start at {@link io.tombolo.cli.output.Tree}.
 */
@NullMarked
package io.tombolo.cli.output;

import org.jspecify.annotations.NullMarked;
