import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.QueryableStoreTypes;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Counts words exactly once: {@code WordCount BOOTSTRAP APPLICATION IN OUT STATE STOP}. When the
 * file STOP is there it writes what its state holds into the file STOP.state and ends in good
 * order.
 */
public final class WordCount {

    public static void main(String[] arguments) throws Exception {
        var builder = new StreamsBuilder();
        builder.stream(arguments[2], Consumed.with(Serdes.String(), Serdes.String()))
                .flatMapValues(line -> List.of(line.split(" ")))
                .groupBy((key, word) -> word, Grouped.with(Serdes.String(), Serdes.String()))
                .count(Materialized.as("counts"))
                .toStream()
                .to(arguments[3], Produced.with(Serdes.String(), Serdes.Long()));
        var streams = new KafkaStreams(builder.build(), properties(arguments));
        streams.start();
        Path stop = Path.of(arguments[5]);
        while (Files.notExists(stop)) {
            Thread.sleep(50);
        }
        var counts =
                streams.store(
                        StoreQueryParameters.fromNameAndType(
                                "counts", QueryableStoreTypes.<String, Long>keyValueStore()));
        var lines = new ArrayList<String>();
        try (var all = counts.all()) {
            all.forEachRemaining(each -> lines.add(each.key + "=" + each.value));
        }
        Path state = Path.of(stop + ".part");
        Files.write(state, lines);
        Files.move(state, Path.of(stop + ".state"));
        streams.close();
    }

    private static Properties properties(String[] arguments) {
        var properties = new Properties();
        properties.put("bootstrap.servers", arguments[0]);
        properties.put("application.id", arguments[1]);
        properties.put("state.dir", arguments[4]);
        properties.put("processing.guarantee", "exactly_once_v2");
        properties.put("commit.interval.ms", "100");
        properties.put("statestore.cache.max.bytes", "0");
        properties.put("consumer.session.timeout.ms", "6000");
        properties.put("consumer.heartbeat.interval.ms", "500");
        properties.put("consumer.auto.offset.reset", "earliest");
        return properties;
    }
}
