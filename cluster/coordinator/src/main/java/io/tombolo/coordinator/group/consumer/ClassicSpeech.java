package io.tombolo.coordinator.group.consumer;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How a member of a consumer group speaks the classic protocol.
 *
 * @param sessionMs how long it may be silent
 * @param protocols what it can work with, most wanted first; at least one
 */
public record ClassicSpeech(int sessionMs, List<Protocol> protocols) {

    /** A protocol by name, with what the member says under it. */
    public record Protocol(String name, byte[] metadata) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Protocol that
                    && name.equals(that.name)
                    && Arrays.equals(metadata, that.metadata);
        }

        @Override
        public int hashCode() {
            return 31 * name.hashCode() + Arrays.hashCode(metadata);
        }

        @Override
        public String toString() {
            return name + Arrays.toString(metadata);
        }
    }

    /** What the member is told that its group works with: nobody assigns by it. */
    public String protocol() {
        return protocols.getFirst().name();
    }

    /** What the member says; the same under all protocols. Empty when it speaks a dialect. */
    Optional<Subscription> subscription() {
        return Subscription.read(protocols.getFirst().metadata());
    }

    /** How long what the member says under all protocols is. */
    long length() {
        return protocols.stream()
                .mapToLong(offered -> offered.name.length() + offered.metadata.length)
                .sum();
    }

    boolean supports(String protocol) {
        for (Protocol supported : protocols) {
            if (supported.name.equals(protocol)) {
                return true;
            }
        }
        return false;
    }
}
