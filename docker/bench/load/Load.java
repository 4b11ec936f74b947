import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Entry of the load programs: {@code Load PROGRAM key=value...}.
 *
 * <p>The last line printed is {@code RESULT {json}}. A line {@code MARK name} tells the driver that
 * the measured window opens or closes, so that it reads the counters of the broker processes for
 * the same window; a mark that waits is answered by a line on standard input.
 */
public final class Load {

    public static void main(String[] arguments) throws Exception {
        var options = Options.parse(arguments);
        switch (arguments[0]) {
            case "topic" -> Topics.create(options);
            case "ready" -> Ready.run(options);
            case "produce" -> OfficialProducer.run(options);
            case "rawproduce" -> RawProducer.run(options);
            case "consume" -> OfficialConsumer.run(options);
            case "rawfetch" -> RawConsumer.run(options);
            case "latency" -> Latency.run(options);
            case "requests" -> SmallRequests.run(options);
            case "transactions" -> Transactions.run(options);
            case "rawtransactions" -> RawTransactions.run(options);
            case "manymirrors" -> ManyMirrors.run(options);
            case "compaction" -> Compaction.run(options);
            case "groupmove" -> GroupMove.run(options);
            case "catchup" -> CatchUp.run(options);
            case "disturbed" -> Disturbed.run(options);
            case "groupstart" -> GroupStart.run(options);
            case "member" -> GroupStart.member(options);
            case "groupcommits" -> GroupCommits.run(options);
            case "coordinator" -> CoordinatorLoss.run(options);
            case "controller" -> ControllerLoss.run(options);
            case "insync" -> InSync.run(options);
            case "partitions" -> Partitions.run(options);
            default -> throw new IllegalArgumentException("unknown program " + arguments[0]);
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private Load() {}

    /** The key=value arguments of one program. */
    record Options(Map<String, String> values) {

        static Options parse(String[] arguments) {
            var values = new HashMap<String, String>();
            for (int index = 1; index < arguments.length; index++) {
                String[] pair = arguments[index].split("=", 2);
                values.put(pair[0], pair[1]);
            }
            return new Options(values);
        }

        String text(String key, String otherwise) {
            return values.getOrDefault(key, otherwise);
        }

        int integer(String key, int otherwise) {
            return Integer.parseInt(text(key, Integer.toString(otherwise)));
        }

        double number(String key, double otherwise) {
            return Double.parseDouble(text(key, Double.toString(otherwise)));
        }

        String bootstrap() {
            return text("bootstrap", "127.0.0.1:9092");
        }

        String topic() {
            return text("topic", "bench");
        }
    }

    /** Figures in the order in which they were added. */
    static final class Result {
        private final StringBuilder json = new StringBuilder("RESULT {");

        Result add(String name, Object value) {
            json.append(json.length() > 8 ? ", " : "").append('"').append(name).append("\": ");
            switch (value) {
                case Double d when Double.isFinite(d) ->
                        json.append(String.format(Locale.ROOT, "%.4f", d));
                case Double _ -> json.append("null");
                case Number _, Boolean _ -> json.append(value);
                default -> json.append('"').append(escaped(value)).append('"');
            }
            return this;
        }

        void print() {
            System.out.println(json.append('}'));
        }

        private static String escaped(Object value) {
            return String.valueOf(value).replace("\\", "/").replace('"', '\'').replace('\n', ' ');
        }
    }
}
