/**
 * What every implementation of a seam must do, as abstract tests that the real and the simulated
 * one both extend.
 *
 * <p>Lives here: the contracts and the bench they run on. Must never live here: a test of one
 * implementation. Start reading at {@link io.tombolo.environment.contract.Bench}.
 */
package io.tombolo.environment.contract;
