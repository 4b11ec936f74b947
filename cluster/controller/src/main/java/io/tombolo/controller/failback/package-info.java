/**
 * How topics come back to a region that another one has taken them from.
 *
 * <p>Lives here: which steps of a return are allowed, and the records that they make. Must never
 * live here: how what only this region has is found, exported or cut (the brokers do that), and who
 * owns what (the ownership ledger).
 *
 * <p>Start reading at {@link io.tombolo.controller.failback.Returns}.
 */
@NullMarked
package io.tombolo.controller.failback;

import org.jspecify.annotations.NullMarked;
