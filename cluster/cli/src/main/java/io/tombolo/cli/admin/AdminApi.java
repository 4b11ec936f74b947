package io.tombolo.cli.admin;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;
import io.tombolo.environment.Endpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * The admin endpoints of one region: a request goes to the first broker that answers. Blocking.
 * Built on the oldest HTTP client of the JDK, because it is the one that starts fastest.
 */
public final class AdminApi {

    private static final Duration CONNECT_MAX = Duration.ofSeconds(2);

    /** How long one broker is waited for that may be held or cut off, while there are others. */
    private static final Duration ONE_OF_SEVERAL_MAX = Duration.ofSeconds(3);

    private final List<Endpoint> brokers;
    private final Duration timeout;

    /**
     * @param brokers admin endpoints, at least one
     * @param timeout for an answer
     */
    public AdminApi(List<Endpoint> brokers, Duration timeout) {
        this.brokers = List.copyOf(brokers);
        this.timeout = timeout;
    }

    /** Asks without changing anything. */
    public AdminAnswer get(String path) throws AdminUnreachable {
        return call(new Question("GET", path, Tree.NOTHING));
    }

    /** Asks for a change. */
    public AdminAnswer post(String path) throws AdminUnreachable {
        return post(path, Tree.NOTHING);
    }

    /** Asks for a change that needs more words than a path has. */
    public AdminAnswer post(String path, Tree body) throws AdminUnreachable {
        return call(new Question("POST", path, body));
    }

    /** A text as part of a path or query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private record Question(String method, String path, Tree body) {

        /** Whether another broker may be asked as well: nothing can be done twice. */
        boolean repeatable() {
            return method.equals("GET");
        }
    }

    private AdminAnswer call(Question question) throws AdminUnreachable {
        IOException last = new IOException("the region has no broker");
        for (Endpoint broker : brokers) {
            boolean another = question.repeatable() && !broker.equals(brokers.getLast());
            Duration patience = another ? shorter(timeout, ONE_OF_SEVERAL_MAX) : timeout;
            try {
                return call(broker, question, patience);
            } catch (SocketTimeoutException late) {
                boolean connected = !String.valueOf(late.getMessage()).contains("onnect");
                String seen = "%s did not answer within %d ms".formatted(broker, ms(patience));
                if (connected && !another) {
                    throw new AdminUnreachable(seen, true, late);
                }
                last = new IOException(seen, late);
            } catch (IOException gone) {
                last = new IOException(broker + ": " + gone.getMessage(), gone);
            }
        }
        throw new AdminUnreachable(String.valueOf(last.getMessage()), false, last);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private AdminAnswer call(Endpoint broker, Question question, Duration patience)
            throws IOException {
        var address = new InetSocketAddress(broker.host(), broker.port());
        if (address.isUnresolved()) {
            throw new IOException("the name " + broker.host() + " is not known");
        }
        var url = URI.create("http://" + broker + question.path()).toURL();
        var connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
        connection.setRequestMethod(question.method());
        connection.setConnectTimeout(ms(shorter(patience, CONNECT_MAX)));
        connection.setReadTimeout(ms(patience));
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("Connection", "close");
        try {
            if (question.body().present()) {
                send(connection, question.body());
            }
            int status = connection.getResponseCode();
            return new AdminAnswer(status, body(connection, status));
        } finally {
            connection.disconnect();
        }
    }

    private static void send(HttpURLConnection connection, Tree body) throws IOException {
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        try (OutputStream stream = connection.getOutputStream()) {
            stream.write(TreeText.json(body).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Tree body(HttpURLConnection connection, int status) throws IOException {
        try (InputStream stream =
                status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            if (stream == null) {
                return Tree.NOTHING;
            }
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            String type = String.valueOf(connection.getContentType());
            return type.startsWith("application/json")
                    ? TreeText.parse(text).orElse(new Tree.Text(text))
                    : new Tree.Text(text.strip());
        }
    }

    private static int ms(Duration duration) {
        return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
    }
}
