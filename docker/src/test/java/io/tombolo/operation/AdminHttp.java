package io.tombolo.operation;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The admin interface of one broker. */
record AdminHttp(String host, int port) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    AdminHttp(int port) {
        this("127.0.0.1", port);
    }

    /** Status and body of an answer. */
    record Answer(int status, String body) {

        JsonNode json() {
            return JSON.readTree(body);
        }
    }

    Answer get(String path) {
        return send(request(path).GET().build());
    }

    Answer post(String path) {
        return send(request(path).POST(HttpRequest.BodyPublishers.noBody()).build());
    }

    /** The status of a path; −1 when nobody answers. */
    int status(String path) {
        try {
            return get(path).status();
        } catch (IllegalStateException nobody) {
            return -1;
        }
    }

    /** A link into this region. */
    JsonNode link(String name) {
        return get("/api/v1/links/" + name).json();
    }

    /** The state and trouble of a mirror topic, as text; empty when the link has none. */
    String topicState(String link, String topic) {
        for (JsonNode one : link(link).get("topics")) {
            if (one.get("topic").asString().equals(topic)) {
                return one.toString();
            }
        }
        return "";
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + path))
                .timeout(Duration.ofSeconds(30));
    }

    private static Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response =
                    CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException unanswered) {
            throw new IllegalStateException(unanswered);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
