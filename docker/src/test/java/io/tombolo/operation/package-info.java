/**
 * What an operator lives through: starts, stops and kills, disks that fail, links that pause, break
 * and fail over, and load, with real sockets, real files and the stock Java clients.
 *
 * <p>Lives here: tests that look at brokers from outside. Must never live here: statements about
 * the wire protocol alone, which are in {@code io.tombolo.contract}. Start reading at {@link
 * io.tombolo.operation.Site}.
 */
@NullMarked
package io.tombolo.operation;

import org.jspecify.annotations.NullMarked;
