/**
 * Regular expressions that clients send: patterns of topics and of transactional ids.
 *
 * <p>Lives here: compiling them with an engine that matches in linear time (RE2), and refusing
 * those that would cost a coordinator its memory or its time.
 *
 * <p>Must never live here: what they are matched against, and what a match leads to.
 *
 * <p>Start reading at {@link io.tombolo.coordinator.pattern.LinearPattern}.
 */
@NullMarked
package io.tombolo.coordinator.pattern;

import org.jspecify.annotations.NullMarked;
