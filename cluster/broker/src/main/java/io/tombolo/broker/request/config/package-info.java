/**
 * Requests about configs of topics, brokers and groups.
 *
 * <p>Lives here: one handler per API key. Must never live here: which configs exist and what their
 * values may be ({@code io.tombolo.region.config}). Start reading at {@link
 * io.tombolo.broker.request.config.DescribeConfigsHandler}.
 */
@NullMarked
package io.tombolo.broker.request.config;

import org.jspecify.annotations.NullMarked;
