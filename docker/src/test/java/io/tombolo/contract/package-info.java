/**
 * The golden twin: every statement about the wire protocol is asked of a real Apache Kafka 4.4.0
 * and of Tombolo, each a process of its own, and both must give the same answer. Here live the
 * statements, numbered as in {@code docker/CONTRACTS.md}, and the raw client that asks them.
 * Nothing that looks inside a broker belongs here. Start at {@code ContractTest} and {@code
 * HandshakeContractEndToEnd}.
 */
@NullMarked
package io.tombolo.contract;

import org.jspecify.annotations.NullMarked;
