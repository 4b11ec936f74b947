package io.tombolo.region.topology.file;

import io.tombolo.environment.Endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code host:port}, with {@code {n}} standing for the number of a process. */
final class Addresses {

    private static final String LOOPBACK = "127.0.0.1";
    private static final String NUMBER = "{n}";
    private static final int PORT_MAX = 65_535;
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?");
    private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.%]*:[0-9a-fA-F:.%a-z0-9]*");

    private Addresses() {}

    /**
     * One address per broker. With {@code {n}} the number is put in; without it the brokers listen
     * on successive ports.
     */
    static List<Endpoint> ofBrokers(Optional<Value> value, int count, int defaultPort) {
        Optional<String> pattern = value.flatMap(Value::text);
        List<Endpoint> fallback = successive(new Endpoint(LOOPBACK, defaultPort), count);
        if (value.isEmpty() || pattern.isEmpty()) {
            return fallback;
        }
        if (!pattern.get().contains(NUMBER)) {
            Optional<Endpoint> first = endpoint(value.get(), pattern.get());
            if (first.isPresent() && first.get().port() + count - 1 > PORT_MAX) {
                value.get()
                        .problem(
                                Rule.ADDRESS,
                                "there is no port %d for %s %d"
                                        .formatted(
                                                first.get().port() + count - 1,
                                                counted(value.get()),
                                                count))
                        .why(counted(value.get()) + " n listens on port + n - 1")
                        .fix(value.get().name() + ": " + first.get().host() + ":" + defaultPort);
                return fallback;
            }
            return first.map(endpoint -> successive(endpoint, count)).orElse(fallback);
        }
        var endpoints = new ArrayList<Endpoint>();
        for (int number = 1; number <= count; number++) {
            String text = pattern.get().replace(NUMBER, Integer.toString(number));
            Optional<Endpoint> endpoint = endpoint(value.get(), text);
            if (endpoint.isEmpty()) {
                return fallback;
            }
            endpoints.add(endpoint.get());
        }
        return endpoints;
    }

    private static String counted(Value value) {
        return value.path().contains(".controllers.") ? "controller" : "broker";
    }

    /** One address or a list of them; commas separate several in one text. */
    static List<Endpoint> bootstrap(Value value) {
        var endpoints = new ArrayList<Endpoint>();
        List<Value> items =
                value.node() instanceof YamlNode.Sequence ? value.items() : List.of(value);
        for (Value item : items) {
            for (String text : item.text().orElse("").split(",")) {
                if (item.text().isPresent()) {
                    endpoint(item, text.strip()).ifPresent(endpoints::add);
                }
            }
        }
        if (items.isEmpty()) {
            value.problem(Rule.ADDRESS, value.path() + " needs at least one address")
                    .fix("bootstrap: kafka-1.example.com:9092");
        }
        return endpoints;
    }

    private static List<Endpoint> successive(Endpoint first, int count) {
        var endpoints = new ArrayList<Endpoint>();
        for (int number = 0; number < count; number++) {
            endpoints.add(new Endpoint(first.host(), Math.min(first.port() + number, PORT_MAX)));
        }
        return endpoints;
    }

    private static Optional<Endpoint> endpoint(Value value, String text) {
        try {
            Endpoint endpoint = Endpoint.parse(text);
            boolean v6 = V6.matcher(endpoint.host()).matches();
            if (endpoint.port() > 0 && (v6 || HOST.matcher(endpoint.host()).matches())) {
                return Optional.of(endpoint);
            }
            refuse(value, text, endpoint.port() == 0 ? "port 0 is no address for clients" : "");
        } catch (IllegalArgumentException malformed) {
            refuse(value, text, String.valueOf(malformed.getMessage()));
        }
        return Optional.empty();
    }

    private static void refuse(Value value, String text, String reason) {
        Problem problem =
                value.problem(Rule.ADDRESS, "'" + text + "' is not an address host:port")
                        .seen(reason);
        if (text.contains("://")) {
            problem.fix(value.name() + ": " + text.substring(text.indexOf("://") + 3));
        } else if (text.contains("{") && !text.contains(NUMBER)) {
            problem.fix("the only placeholder is {n}, the number of the broker");
        } else {
            problem.fix(value.name() + ": 127.0.0.1:9092");
        }
    }
}
