/**
 * Where clients belong: what a broker answers about topics and groups that another region owns, so
 * that clients go there without being told to. Only for links with a failover policy that says
 * {@code moves: clients}; who asks for this region's own view by its client id is answered as if
 * there were none.
 *
 * <p>No state machine, and nothing that decides who owns what: {@link
 * io.tombolo.broker.redirect.Homes} reads that from the metadata, and the region that it names is
 * asked in the words of the client, so an answer is never older than the question. Whoever is sent
 * to the wrong place is sent on from there.
 *
 * <p>Start reading at {@link io.tombolo.broker.redirect.Redirection}.
 */
@NullMarked
package io.tombolo.broker.redirect;

import org.jspecify.annotations.NullMarked;
