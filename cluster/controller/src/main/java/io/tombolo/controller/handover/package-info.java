/**
 * How a region gives what it owns to another one.
 *
 * <p>Lives here: who may claim a domain, when a handover may be begun, completed or taken back, and
 * the records that this makes. Must never live here: how partitions are fenced and compared (the
 * brokers do that), and what an epoch means (the ownership ledger).
 *
 * <p>Start reading at {@link io.tombolo.controller.handover.HandoverSteps}.
 */
@NullMarked
package io.tombolo.controller.handover;

import org.jspecify.annotations.NullMarked;
