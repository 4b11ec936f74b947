package io.tombolo.contract;

import org.apache.kafka.common.Uuid;

/** A topic that exists. */
record Topic(String name, Uuid id) {}
