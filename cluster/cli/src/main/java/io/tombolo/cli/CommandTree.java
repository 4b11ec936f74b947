package io.tombolo.cli;

import io.tombolo.cli.admin.AdminCommands;
import io.tombolo.cli.demo.DemoCommands;
import io.tombolo.cli.doctor.DoctorCommands;
import io.tombolo.cli.failback.FailbackCommands;
import io.tombolo.cli.fleet.FleetCommands;
import io.tombolo.cli.group.GroupCommands;
import io.tombolo.cli.handover.HandoverCommands;
import io.tombolo.cli.kafka.KafkaCommands;
import io.tombolo.cli.output.Format;
import io.tombolo.cli.plan.PlanCommands;
import io.tombolo.cli.region.RegionCommands;
import io.tombolo.cli.run.RunCommands;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.Durations;
import io.tombolo.cli.shell.Logging;
import io.tombolo.cli.shell.Shell;
import io.tombolo.cli.transaction.TransactionCommands;
import io.tombolo.cli.watch.WatchCommands;
import io.tombolo.region.diagnosis.NearestName;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** All commands, and what happens to what they throw. */
final class CommandTree {

    /** The command without a subcommand. */
    @Command(
            name = "tombolo",
            description = "Kafka-compatible event streaming whose regions join by themselves.",
            synopsisSubcommandLabel = "COMMAND",
            footer = {
                "",
                "Example:",
                "  tombolo demo            two regions, a link and a failover, in a minute",
                "",
                "Exit codes: 0 done, 1 failed, 2 usage or a name of nothing, 3 changes (where"
                        + " asked for), 4 refused for safety, 5 timed out."
            })
    private static final class Root {

        @Mixin private final io.tombolo.cli.shell.GlobalOptions options;

        Root(Shell shell) {
            this.options = shell.options();
        }
    }

    /** What the parser says of a command that only has commands below it. */
    private static final String NO_COMMAND = "Missing required subcommand";

    private CommandTree() {}

    /** Parses the arguments, runs the command and gives the exit code of the process. */
    static int run(Shell shell, String... arguments) {
        boolean colour = shell.colour() && !List.of(arguments).contains("--no-color");
        CommandLine tree = of(shell, colour);
        var failures = new FailurePrinter(shell);
        tree.setOut(new PrintWriter(shell.out(), true, StandardCharsets.UTF_8));
        tree.setErr(new PrintWriter(shell.err(), true, StandardCharsets.UTF_8));
        tree.setExecutionExceptionHandler((failure, _, _) -> failures.print(failure));
        tree.setParameterExceptionHandler((problem, _) -> failures.print(usage(problem)));
        tree.setExecutionStrategy(parsed -> {
            if (shell.options().verbose()) {
                Logging.ofCommand(true);
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        return tree.execute(arguments);
    }

    /** The tree for a shell. */
    static CommandLine of(Shell shell, boolean colour) {
        CommandLine tree =
                new CommandLine(new Root(shell))
                        .addSubcommand(DemoCommands.demo(shell))
                        .addSubcommand(RunCommands.dev(shell))
                        .addSubcommand(RegionCommands.below(RunCommands.broker(shell), shell))
                        .addSubcommand(RunCommands.controller(shell))
                        .addSubcommand(FleetCommands.up(shell))
                        .addSubcommand(FleetCommands.down(shell))
                        .addSubcommand(FleetCommands.ps(shell))
                        .addSubcommand(FleetCommands.logs(shell))
                        .addSubcommand(new ValidateCommand(shell))
                        .addSubcommand(PlanCommands.diff(shell))
                        .addSubcommand(PlanCommands.plan(shell))
                        .addSubcommand(PlanCommands.apply(shell))
                        .addSubcommand(PlanCommands.export(shell))
                        .addSubcommand(AdminCommands.status(shell))
                        .addSubcommand(WatchCommands.top(shell))
                        .addSubcommand(RegionCommands.region(shell))
                        .addSubcommand(DoctorCommands.below(AdminCommands.link(shell), shell))
                        .addSubcommand(HandoverCommands.failover(shell))
                        .addSubcommand(FailbackCommands.failback(shell))
                        .addSubcommand(FailbackCommands.divergence(shell))
                        .addSubcommand(KafkaCommands.topic(shell))
                        .addSubcommand(GroupCommands.group(shell))
                        .addSubcommand(TransactionCommands.txn(shell))
                        .addSubcommand(new ExplainCommand(shell))
                        .addSubcommand(new VersionCommand(shell));
        tree.registerConverter(Duration.class, CommandTree::duration);
        tree.registerConverter(Format.class, CommandTree::format);
        tree.setCaseInsensitiveEnumValuesAllowed(true);
        tree.setColorScheme(CommandLine.Help.defaultColorScheme(colour ? Ansi.ON : Ansi.OFF));
        addHelp(tree);
        return tree;
    }

    private static Format format(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "table" -> Format.TABLE;
            case "json" -> Format.JSON;
            case "yaml" -> Format.YAML;
            default ->
                    throw new CommandLine.TypeConversionException(
                            "'" + text + "' is none of table, json and yaml");
        };
    }

    private static Duration duration(String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw new CommandLine.TypeConversionException(String.valueOf(malformed.getMessage()));
        }
    }

    /** Every command answers {@code -h}; a group without a command is a usage error. */
    private static void addHelp(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        spec.addOption(
                CommandLine.Model.OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help.")
                        .build());
        spec.usageMessage().sortOptions(false).width(100).autoWidth(false);
        command.getSubcommands().values().forEach(CommandTree::addHelp);
    }

    private static CommandFailure usage(ParameterException problem) {
        CommandSpec spec = problem.getCommandLine().getCommandSpec();
        String command = spec.qualifiedName();
        var draft = CommandFailure.of(Code.USAGE, claim(problem)).at(command).because(problem);
        if (problem instanceof UnmatchedArgumentException unmatched) {
            return nearest(spec, unmatched)
                    .map(name -> draft.fix(command + " " + name, command + " --help"))
                    .orElseGet(() -> draft.fix(command + " --help"))
                    .failure();
        }
        if (NO_COMMAND.equals(problem.getMessage())) {
            draft.seen("its commands are " + String.join(", ", spec.subcommands().keySet()));
        }
        return draft.fix(command + " --help").failure();
    }

    /** The command or option that was probably meant. */
    private static Optional<String> nearest(
            CommandSpec spec, UnmatchedArgumentException unmatched) {
        String written = unmatched.getUnmatched().getFirst().split("=", -1)[0];
        return NearestName.to(
                written,
                written.startsWith("-") ? spec.optionsMap().keySet() : spec.subcommands().keySet());
    }

    private static String claim(ParameterException problem) {
        CommandSpec spec = problem.getCommandLine().getCommandSpec();
        if (problem instanceof UnmatchedArgumentException unmatched) {
            String written = unmatched.getUnmatched().getFirst();
            boolean option = written.startsWith("-");
            return option || !spec.subcommands().isEmpty()
                    ? "there is no %s '%s'".formatted(option ? "option" : "command", written)
                    : "'" + written + "' is one argument too many";
        }
        if (NO_COMMAND.equals(problem.getMessage())) {
            return spec.qualifiedName() + " needs a command";
        }
        String message = String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
        return message.isEmpty()
                ? "the command line cannot be read"
                : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }
}
