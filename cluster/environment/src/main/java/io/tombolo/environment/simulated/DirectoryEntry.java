package io.tombolo.environment.simulated;

/** What a name in a simulated directory stands for. */
sealed interface DirectoryEntry permits FileContent, SimulatedDirectory {}
