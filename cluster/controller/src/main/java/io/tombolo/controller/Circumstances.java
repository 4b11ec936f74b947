package io.tombolo.controller;

import io.tombolo.environment.Entropy;

import java.util.function.IntPredicate;

/**
 * What a decision may use beside the command and the image.
 *
 * @param entropy for topic ids and for where placement begins
 * @param live whether a broker was heard of lately by this controller, under its registration
 */
public record Circumstances(Entropy entropy, IntPredicate live) {}
