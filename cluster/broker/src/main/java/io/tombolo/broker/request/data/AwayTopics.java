package io.tombolo.broker.request.data;

import io.tombolo.broker.request.Exchange;

/** Which topics are led in another region, for whoever asks. */
public interface AwayTopics {

    /** No topic is. */
    AwayTopics NONE =
            new AwayTopics() {
                @Override
                public boolean away(Exchange exchange, String topic) {
                    return false;
                }

                @Override
                public boolean passing(Exchange exchange, String topic) {
                    return false;
                }
            };

    /**
     * Whether a client is to look elsewhere for the leaders of a topic: it is told
     * NOT_LEADER_OR_FOLLOWER, and the metadata that it asks for then name them. Callable from the
     * loop of the exchange.
     */
    boolean away(Exchange exchange, String topic);

    /**
     * Whether a topic has changed hands since a partition refused a write because of its owner: the
     * client is to ask again, as the refusal is about to be outdated.
     */
    boolean passing(Exchange exchange, String topic);
}
