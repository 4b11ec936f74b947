/**
 * How a region joins another one: the contract between a broker and the link modules, which are
 * interchangeable and found with {@link java.util.ServiceLoader}.
 *
 * <p>Lives here: what a broker asks of a link ({@link io.tombolo.region.link.Link}), what a link
 * may ask of a broker (the ports in {@link io.tombolo.region.link.LinkHost}), and the values that
 * pass between them. Everything is called and answered on the loop of the link; what takes time
 * takes a callback and answers exactly once on that loop.
 *
 * <p>Must never live here: code that moves records, a client, a connection, or anything that knows
 * which link module is used.
 *
 * <p>Start reading at {@link io.tombolo.region.link.LinkProvider}.
 */
@NullMarked
package io.tombolo.region.link;

import org.jspecify.annotations.NullMarked;
