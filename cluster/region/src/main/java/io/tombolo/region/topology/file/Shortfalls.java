package io.tombolo.region.topology.file;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.file.YamlNode.Span;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Collects what the file asks for and this release does not do, and decides for each whether
 * brokers may start all the same. Mutable; lives while one file is read.
 */
final class Shortfalls {

    private record Draft(NotYet.Severity severity, Problem problem) {}

    private final Document document;
    private final List<Draft> drafts = new ArrayList<>();

    Shortfalls(Document document) {
        this.document = document;
    }

    /** In file order; called when the whole file has been read. */
    List<NotYet> inFileOrder() {
        return drafts.stream()
                .sorted(
                        Comparator.comparingInt((Draft draft) -> draft.problem().span().line())
                                .thenComparingInt(draft -> draft.problem().span().column()))
                .map(draft -> new NotYet(draft.severity(), draft.problem().in(document)))
                .toList();
    }

    /** A whole section; what it describes would silently not exist. */
    void section(Value value, String section, String module, int count) {
        add(
                        NotYet.Severity.REFUSE,
                        Rule.SECTION_NOT_YET,
                        value.key().span(),
                        value.path(),
                        "%s: is understood, but the %s module does not exist yet"
                                .formatted(section, module))
                .seen("%d entr%s".formatted(count, count == 1 ? "y" : "ies"))
                .why("starting without it would leave out what the file promises")
                .fix("remove " + section + ": from the file, or wait for the module");
    }

    /** Old segments would stay on the local disk, and nowhere else. */
    void tieredStorage(Value value) {
        refuse(value, "tiered storage does not exist yet")
                .why("segments would exist on local disks only, and fill them")
                .fix("remove " + value.name() + ": and keepLocal:");
    }

    /** A connection in plaintext would be refused, or worse, would not. */
    void securedSource(Value value) {
        refuse(value, "links cannot encrypt or log in to a cluster yet")
                .why("the connection would be made in plaintext and without a user")
                .fix("use a listener without security.protocol and sasl.* on a private network");
    }

    /** Who relies on it sleeps while nothing happens. */
    void automaticFailover(Value value) {
        refuse(value, "automatic failover does not exist yet")
                .why("the region would stay down until an operator acts")
                .fix("automatic: never");
    }

    /** TLS is what a listener on the network would need. */
    void plaintext(String path, Endpoint endpoint) {
        add(
                        NotYet.Severity.REFUSE,
                        Rule.PLAINTEXT,
                        document.spanOf(path),
                        path,
                        "encrypted listeners do not exist yet, and %s is not loopback"
                                .formatted(endpoint))
                .why("anyone who reaches the port could read and write every topic")
                .fix(
                        "allowInsecure: true        when the network is private",
                        "kafka: 127.0.0.1:" + endpoint.port());
    }

    /** There are no access rules to copy. */
    void aclSync(Value value) {
        warn(value, "access rules do not exist yet, so none are copied")
                .why("every client may do everything in both regions")
                .fix("acls: false");
    }

    /** A failover works; the way back is not prepared. */
    void standbyReverse(Value value) {
        warn(value, "the way back is not prepared yet")
                .why("after a failover the old region stays fenced until it is rebuilt")
                .fix("reverse: none");
    }

    /** Its brokers know nothing of who took over. */
    void movedFromElsewhere(Value value, RegionId region) {
        warn(value, "the brokers of %s send nobody elsewhere".formatted(region))
                .why("only regions without bootstrap: tell clients who owns the topics")
                .fix("moves: nothing");
    }

    private Problem refuse(Value value, String claim) {
        return add(NotYet.Severity.REFUSE, value, claim);
    }

    private Problem warn(Value value, String claim) {
        return add(NotYet.Severity.WARN, value, claim);
    }

    private Problem add(NotYet.Severity severity, Value value, String claim) {
        return add(severity, Rule.KEY_NOT_YET, value.key().span(), value.path(), claim)
                .seen(value.path() + " = " + value.node().kind());
    }

    private Problem add(NotYet.Severity severity, Rule rule, Span span, String path, String claim) {
        var problem = new Problem(rule, span, path, claim);
        drafts.add(new Draft(severity, problem));
        return problem;
    }
}
