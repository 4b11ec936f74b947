package io.tombolo.storage.log;

import io.tombolo.environment.EventLoop;

/** How a log is kept, and the loop that owns it. */
public record LogPlacement(LogSettings settings, EventLoop owner) {}
