/**
 * The ids that regions, brokers, links, failover policies and ownership domains are named by.
 *
 * <p>Lives here: only these ids, so that every package below and every module above can name the
 * same thing with the same type. The model of a topology file is in {@code .topology}, its parser
 * in {@code .topology.file}, diagnostics in {@code .diagnosis}, ownership epochs in {@code
 * .ownership}, what regions tell each other in {@code .registry}, the catalogue of Kafka's
 * configuration names in {@code .config}, and the port between brokers and links in {@code .link}.
 *
 * <p>Must never live here: behaviour, threads, sockets, or anything that knows a broker.
 *
 * <p>Start reading at {@link io.tombolo.region.RegionId}, then at {@code
 * io.tombolo.region.topology.Topology}.
 */
@NullMarked
package io.tombolo.region;

import org.jspecify.annotations.NullMarked;
