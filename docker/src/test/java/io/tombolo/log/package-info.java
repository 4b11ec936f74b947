/**
 * What brokers that run in the JVM of the tests have to say: shown with a test that fails, so that
 * no cause is hidden. Here lives only what listens to the log; what a test expects to be logged
 * stands in that test. Start with {@link io.tombolo.log.BrokerLog}.
 */
@NullMarked
package io.tombolo.log;

import org.jspecify.annotations.NullMarked;
