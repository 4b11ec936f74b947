package io.tombolo.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The commands that a page shows and what it says they print: its blocks of the language {@code
 * console}, in which commands follow a dollar sign and a blank.
 *
 * @param steps in the order of the page
 */
record Transcript(List<Step> steps) {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```console\n(.*?)^```$");
    private static final String PROMPT = "$ ";

    /** What one machine prints differently from another, and what stands for it. */
    private enum Mask {
        /** Depends on what the link heard of, and when. */
        LOSS_BOUND("(known \\+ )(none since|up to about) .*|at most about \\d+ more", "BOUND"),
        INSTANT("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ", "INSTANT"),
        TIME("\\d+ min( \\d+ s)?|\\b\\d+([.]\\d+)? m?s\\b", "TIME"),
        PROCESS("\\bprocess \\d+", "PROCESS"),
        PROCESS_COLUMN("(?<= ready {1,5})\\d+(?= )", "PROCESS"),
        MEMORY("\\d+[.]\\d MB", "MEMORY"),
        /** Who is controller, and so restarted and stopped last, is chance. */
        BROKER("\\bap-\\d\\b", "BROKER"),
        ADDRESS("127[.]0[.]0[.]1:\\d+", "ADDRESS"),
        COLUMN_GAP("(?<=\\S) {2,}", "  ");

        private final Pattern pattern;
        private final String placeholder;

        Mask(String pattern, String placeholder) {
            this.pattern = Pattern.compile(pattern);
            this.placeholder = placeholder;
        }
    }

    /**
     * @param command as a user types it
     * @param output what the page says is printed
     */
    record Step(String command, List<String> output) {

        /** The shell says when it notices, which may be during the next command. */
        private static final Pattern ENDED_JOB = Pattern.compile("^bash: line \\d+: +\\d+ Killed ");

        /** The same with another command typed instead. */
        Step typedAs(String other) {
            return new Step(other, output);
        }

        boolean staysInTheBackground() {
            return command.endsWith(" &");
        }

        /** Whether this was printed, but for times, addresses and the width of columns. */
        boolean allows(String printed) {
            List<String> lines =
                    printed.lines().filter(line -> !ENDED_JOB.matcher(line).find()).toList();
            return comparable(lines).equals(comparable(output));
        }

        private static List<String> comparable(List<String> lines) {
            return lines.stream().map(Step::masked).toList();
        }

        private static String masked(String line) {
            String text = line;
            for (Mask mask : Mask.values()) {
                text = mask.pattern.matcher(text).replaceAll(mask.placeholder);
            }
            return text.stripTrailing();
        }
    }

    static Transcript of(String page) {
        var steps = new ArrayList<Step>();
        BLOCK.matcher(page)
                .results()
                .flatMap(block -> block.group(1).lines())
                .forEach(line -> {
                    if (line.startsWith(PROMPT)) {
                        String command = line.substring(PROMPT.length());
                        steps.add(new Step(command, new ArrayList<>()));
                    } else {
                        steps.getLast().output().add(line);
                    }
                });
        return new Transcript(List.copyOf(steps));
    }
}
