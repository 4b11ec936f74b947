package io.tombolo.broker.admin;

import io.tombolo.environment.Endpoint;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Reads what another broker tells on its admin interface, of this region or another one, which need
 * not mean well. Blocking.
 *
 * @param timeoutMs to connect, and again between two pieces of the answer
 * @param bytesMax of an answer
 */
record AdminReader(int timeoutMs, int bytesMax) {

    private static final int COMPLAINT_BYTES_MAX = 1_000;

    /** Nobody takes connections there. */
    static final class NobodyThere extends IOException {

        private static final long serialVersionUID = 1;

        NobodyThere(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * @param path from its root on, as it stands in the request
     * @throws NobodyThere when no connection came about
     * @throws IOException when it did, and no whole answer of status 200; with what came instead
     */
    String read(Endpoint admin, String path) throws IOException {
        var url = URI.create("http://" + admin + path).toURL();
        var connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(timeoutMs);
        connection.setReadTimeout(timeoutMs);
        connection.setInstanceFollowRedirects(false);
        // A connection that is kept costs a thread that watches over it.
        connection.setRequestProperty("Connection", "close");
        try {
            connect(connection);
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                throw new IOException("HTTP %d %s".formatted(status, complaint(connection)));
            }
            return body(connection);
        } finally {
            connection.disconnect();
        }
    }

    private static void connect(HttpURLConnection connection) throws NobodyThere {
        try {
            connection.connect();
        } catch (IOException refused) {
            throw new NobodyThere(refused);
        }
    }

    private String body(HttpURLConnection connection) throws IOException {
        try (InputStream body = connection.getInputStream()) {
            byte[] bytes = body.readNBytes(bytesMax);
            if (bytes.length == bytesMax && body.read() >= 0) {
                throw new IOException("more than %d bytes".formatted(bytesMax));
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static String complaint(HttpURLConnection connection) throws IOException {
        try (InputStream body = connection.getErrorStream()) {
            return body == null
                    ? ""
                    : new String(body.readNBytes(COMPLAINT_BYTES_MAX), StandardCharsets.UTF_8)
                            .strip();
        }
    }
}
