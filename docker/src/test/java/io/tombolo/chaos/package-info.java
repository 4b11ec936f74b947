/**
 * Black-box chaos: stock clients write and read while nodes are killed, paused, restarted and cut
 * off, and a checker judges what the clients saw. Here live the histories, the checker, the
 * schedules of faults and the clients. The checker is pure and looks at histories alone; nothing
 * here looks inside a node while it runs. Start at {@code ChaosEndToEnd} and {@code Checker}.
 */
@NullMarked
package io.tombolo.chaos;

import org.jspecify.annotations.NullMarked;
