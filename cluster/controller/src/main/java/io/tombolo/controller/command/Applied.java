package io.tombolo.controller.command;

/** An answer that has nothing to tell but that it is so. */
public record Applied() {}
