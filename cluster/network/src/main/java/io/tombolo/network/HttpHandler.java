package io.tombolo.network;

/** Answers HTTP requests; plain blocking code, called on a virtual thread of its own. */
@FunctionalInterface
public interface HttpHandler {

    /**
     * Answers one request. What it throws becomes a 500 with one line of JSON; the failure itself
     * goes to the owner of the listener, never to the client.
     */
    HttpAnswer handle(HttpAsk ask) throws Exception;
}
