package io.tombolo.cli.kafka;

import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/**
 * How a record is printed: {@code %t} topic, {@code %p} partition, {@code %o} offset, {@code %k}
 * key, {@code %v} value, {@code %h} headers, {@code %d} time stamp in ms, {@code %e} leader epoch,
 * {@code %%} a percent sign; {@code \n} and {@code \t} as usual.
 */
record RecordFormat(String pattern) {

    static final String PATTERN_DEFAULT = "%v\\n";

    private static final String VERBS = "tpokvhde%";

    /**
     * @throws CommandFailure for a percent sign with something else behind it
     */
    RecordFormat {
        for (int at = pattern.indexOf('%'); at >= 0; at = pattern.indexOf('%', at + 2)) {
            if (at + 1 == pattern.length() || VERBS.indexOf(pattern.charAt(at + 1)) < 0) {
                throw CommandFailure.of(Code.BAD_INPUT, "'" + pattern + "' is not a record format")
                        .at("--format")
                        .seen("the % at position " + (at + 1))
                        .fix("--format '%t-%p@%o %k %v\\n'")
                        .failure();
            }
        }
    }

    String print(ConsumerRecord<byte[], byte[]> record) {
        var text = new StringBuilder();
        for (int at = 0; at < pattern.length(); at++) {
            char c = pattern.charAt(at);
            boolean pair = at + 1 < pattern.length();
            if (c == '%' && pair) {
                text.append(value(pattern.charAt(++at), record));
            } else if (c == '\\' && pair) {
                text.append(escaped(pattern.charAt(++at)));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    private static String value(char verb, ConsumerRecord<byte[], byte[]> record) {
        return switch (verb) {
            case 't' -> record.topic();
            case 'p' -> Integer.toString(record.partition());
            case 'o' -> Long.toString(record.offset());
            case 'k' -> text(record.key());
            case 'v' -> text(record.value());
            case 'h' -> headers(record);
            case 'd' -> Long.toString(record.timestamp());
            case 'e' -> record.leaderEpoch().map(String::valueOf).orElse("");
            default -> "%";
        };
    }

    private static String headers(ConsumerRecord<byte[], byte[]> record) {
        var text = new StringBuilder();
        for (Header header : record.headers()) {
            text.append(text.isEmpty() ? "" : ",");
            text.append(header.key()).append('=').append(text(header.value()));
        }
        return text.toString();
    }

    private static String escaped(char c) {
        return switch (c) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case '0' -> "\0";
            default -> String.valueOf(c);
        };
    }

    /** UTF-8 text; nothing for an absent key or value. */
    static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
