package io.tombolo.broker.admin;

import io.tombolo.broker.lease.LeaseSeat;
import io.tombolo.broker.lease.SitePost;
import io.tombolo.environment.Endpoint;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.Topology.Guarantee;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * The way to the voters of the ownership ledger, over the admin interface of the broker of each
 * site that has one. Callable from any thread; a question has a virtual thread of its own.
 */
public final class HttpSitePost implements SitePost {

    static final String BYTES = "application/octet-stream";

    /** Questions to one site that may be under way; what comes on top is not asked. */
    static final int UNDER_WAY_MAX = 32;

    private static final String PATH = "/api/v1/ledger";
    private static final int CONNECT_MS = 1_000;

    /** A voter holds what it has no news for this long at most, and half a second longer. */
    private static final int ANSWER_MS = 1_500;

    private static final int ANSWER_BYTES_MAX = 16 << 20;

    private final Map<RegionId, Site> sites;

    private record Site(Endpoint admin, Semaphore room) {}

    private HttpSitePost(Map<RegionId, Endpoint> voters) {
        this.sites = new TreeMap<>();
        voters.forEach((region, admin) ->
                sites.put(region, new Site(admin, new Semaphore(UNDER_WAY_MAX))));
    }

    /** To the sites of a file. */
    public static HttpSitePost of(Topology topology, Guarantee.Quorum quorum) {
        var voters = new TreeMap<RegionId, Endpoint>();
        for (RegionId site : quorum.sites()) {
            topology.hosted(site)
                    .ifPresent(region -> voters.put(site, LeaseSeat.voterOf(region).admin()));
        }
        return new HttpSitePost(voters);
    }

    @Override
    public void ask(RegionId region, byte[] question, Consumer<Optional<byte[]>> answered) {
        Site site = sites.get(region);
        Thread.ofVirtual()
                .name("ledger-" + region)
                .start(() ->
                        answered.accept(site == null ? Optional.empty() : ask(site, question)));
    }

    private static Optional<byte[]> ask(Site site, byte[] question) {
        if (!site.room().tryAcquire()) {
            return Optional.empty();
        }
        try {
            return Optional.of(post(site.admin(), question));
        } catch (IOException silent) {
            return Optional.empty(); // who asked asks again, and tells of it when it matters
        } finally {
            site.room().release();
        }
    }

    private static byte[] post(Endpoint admin, byte[] question) throws IOException {
        var url = URI.create("http://" + admin + PATH).toURL();
        var connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(CONNECT_MS);
        connection.setReadTimeout(ANSWER_MS);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", BYTES);
        connection.setRequestProperty("Connection", "close");
        connection.setDoOutput(true);
        try {
            connection.getOutputStream().write(question);
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException("HTTP " + connection.getResponseCode());
            }
            try (InputStream body = connection.getInputStream()) {
                byte[] bytes = body.readNBytes(ANSWER_BYTES_MAX);
                if (bytes.length == ANSWER_BYTES_MAX) {
                    throw new IOException("an answer of more than " + ANSWER_BYTES_MAX);
                }
                return bytes;
            }
        } finally {
            connection.disconnect();
        }
    }
}
