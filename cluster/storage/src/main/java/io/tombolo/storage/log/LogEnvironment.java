package io.tombolo.storage.log;

import io.tombolo.environment.Clock;
import io.tombolo.environment.Disk;
import io.tombolo.environment.Entropy;
import io.tombolo.environment.Offload;

/** What logs use of the outside world. */
public record LogEnvironment(Disk disk, Offload offload, Clock clock, Entropy entropy) {}
