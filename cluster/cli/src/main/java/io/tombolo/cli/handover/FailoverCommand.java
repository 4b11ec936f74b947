package io.tombolo.cli.handover;

import io.tombolo.cli.admin.Failover;
import io.tombolo.cli.admin.FailoverText;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.LinkEntry;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Optional;
import java.util.concurrent.Callable;

/** Lets the region at the end of a link take over. */
@Command(
        name = "failover",
        description = {
            "Lets the region at the end of a link take over.",
            "Shows first what would be lost, and refuses while the old region still takes writes.",
            "Transactions that the copy left open are aborted, and named.",
            "Where the file has ownership: { guarantee: quorum }, it waits for the other region's",
            "lease to end, and changes nothing when a majority of the sites does not agree.",
            "With --planned both regions work together: writes are held until the copy has all of",
            "them, nothing is lost, and the link is turned round. Ctrl-C rolls it back.",
            "An Apache Kafka is kept from taking writes by rules of its own, where the policy has",
            "fence: acls; it is refused otherwise."
        },
        footer = {
            "",
            "Example:",
            "  tombolo failover shop-primary",
            "  tombolo failover eu-to-us -y",
            "  tombolo failover eu-to-us --to eu",
            "  tombolo failover eu-to-us --planned",
            "  tombolo failover eu-to-us --planned --to eu"
        })
final class FailoverCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(
            paramLabel = "POLICY",
            arity = "0..1",
            description = "A failover policy, or the name of a link.")
    private String policy = "";

    @Option(
            names = "--to",
            paramLabel = "REGION",
            description = "Who takes over (default: the end of the link); back after a failback.")
    private @Nullable String to;

    @Option(
            names = "--force-accept-split-brain",
            description = "Go on although the region refuses: both regions may then take writes.")
    private boolean force;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why it is forced; kept.")
    private @Nullable String reason;

    @Option(
            names = "--planned",
            description = "Both regions are there: lose nothing, and hold writes for a moment.")
    private boolean planned;

    @Option(
            names = "--abort",
            description = "Planned: give up one that is under way; its region takes writes again.")
    private boolean abort;

    @Mixin private PlannedOptions options = new PlannedOptions();

    FailoverCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (policy.isEmpty()) {
            throw CommandFailure.of(Code.USAGE, "the failover policy is missing")
                    .at("tombolo failover")
                    .fix("tombolo failover POLICY", "tombolo status        lists them")
                    .failure();
        }
        if (planned || abort) {
            return planned();
        }
        Optional<String> override = override();
        LoadedFile file = LoadedFile.of(shell);
        Failover failover = Failover.of(shell, file, policy, Optional.ofNullable(to));
        Tree preview = failover.preview();
        if (!shell.options().quiet()) {
            shell.err().print(FailoverText.preview(preview));
        }
        if (!preview.at("ready").flag() && override.isEmpty()) {
            throw failover.refused(preview);
        }
        shell.confirm("failover " + policy, policy);
        Optional<ClientMoves> clients = ClientMoves.of(shell, file, failover.link());
        if (preview.at("sourceReachable").flag()) {
            clients.ifPresent(ClientMoves::look);
        }
        Tree outcome = counted(failover.execute(override), clients);
        LinkEntry link = failover.link();
        shell.print(
                outcome,
                () ->
                        FailoverText.outcome(outcome, link, failover.source())
                                + HandoverText.clients(
                                        outcome, link.from().name(), link.to().name()));
        return ExitCode.OK.number();
    }

    private Tree counted(Tree outcome, Optional<ClientMoves> clients) {
        return outcome instanceof Tree.Fields fields && clients.isPresent()
                ? clients.get().count(fields, reason == null ? "failover" : reason)
                : outcome;
    }

    private int planned() {
        if (force) {
            throw CommandFailure.of(Code.USAGE, "a planned failover cannot be forced")
                    .at("tombolo failover " + policy)
                    .why("it is done when both regions agree, or not at all")
                    .fix("leave out --force-accept-split-brain, or --planned")
                    .failure();
        }
        LoadedFile file = LoadedFile.of(shell);
        var wish =
                new PlannedFailover.Wish(
                        policy,
                        Optional.ofNullable(to),
                        options.limits(reason == null ? "planned" : reason),
                        shell::note);
        return CutOver.of(shell, file, wish)
                .map(this::cutOver)
                .orElseGet(() -> handOver(PlannedFailover.of(shell, file, wish)));
    }

    private int handOver(PlannedFailover handover) {
        if (abort) {
            Tree standing = handover.abort();
            shell.print(standing, () -> handover.from() + " takes writes again\n");
            return ExitCode.OK.number();
        }
        shell.note(
                "Planned failover  %s → %s   policy %s"
                        .formatted(handover.from(), handover.to(), policy));
        shell.confirm("failover " + policy, policy);
        Tree outcome = handover.execute();
        shell.print(outcome, () -> HandoverText.outcome(outcome));
        return ExitCode.OK.number();
    }

    private int cutOver(CutOver cutOver) {
        if (abort) {
            Tree standing = cutOver.abort();
            shell.print(
                    standing,
                    () ->
                            "%s: no rule of a planned failover is left, %s had one\n"
                                    .formatted(
                                            cutOver.from(),
                                            Amounts.of(standing.at("topics").number(0), "topic")));
            return ExitCode.OK.number();
        }
        shell.note(
                "Planned failover  %s → %s   policy %s"
                        .formatted(cutOver.from(), cutOver.to(), policy));
        shell.confirm("failover " + policy, policy);
        Tree outcome = cutOver.execute();
        shell.print(outcome, () -> HandoverText.cutOver(outcome));
        return ExitCode.OK.number();
    }

    private Optional<String> override() {
        if (!force) {
            return Optional.empty();
        }
        if (reason == null || reason.isBlank()) {
            throw CommandFailure.of(
                            Code.REASON_MISSING, "--force-accept-split-brain needs a reason")
                    .at("tombolo failover " + policy)
                    .why("who looks at diverged regions later must know why it was done")
                    .fix("add --reason \"…\"")
                    .failure();
        }
        return Optional.of(reason);
    }
}
