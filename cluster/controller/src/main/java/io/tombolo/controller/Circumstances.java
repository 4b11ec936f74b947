package io.tombolo.controller;

import io.tombolo.environment.Entropy;

import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * What a decision may use beside the command and the image.
 *
 * @param entropy for topic ids and for where placement begins
 * @param live whether a broker was heard of lately by this controller, under its registration
 * @param voters ids of the nodes that vote on the metadata, as far as they are known
 */
public record Circumstances(Entropy entropy, IntPredicate live, Supplier<Set<Integer>> voters) {

    /** Of a quorum in which only brokers vote, as far as anybody asks. */
    public Circumstances(Entropy entropy, IntPredicate live) {
        this(entropy, live, Set::of);
    }
}
