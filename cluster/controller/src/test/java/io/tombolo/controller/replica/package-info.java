/** Tests of the rules about replicas; start at {@code PartitionTransitionTest}. */
@NullMarked
package io.tombolo.controller.replica;

import org.jspecify.annotations.NullMarked;
