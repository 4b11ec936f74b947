package io.tombolo.cli.plan;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;
import io.tombolo.region.plan.Change;
import io.tombolo.region.plan.Declared;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A plan that may be carried out later.
 *
 * @param id follows from what is to be changed, so the same plan has the same name
 * @param declared what the file takes responsibility for with it
 */
record SavedPlan(
        String id, long madeAtMs, long expiresAtMs, List<Change> changes, Declared declared) {

    static final Duration VALID = Duration.ofHours(24);
    private static final String UNDO = ".undo";
    private static final int ID_DIGITS = 6;

    SavedPlan {
        changes = List.copyOf(changes);
    }

    static SavedPlan of(List<Change> changes, Declared declared, long nowMs) {
        return new SavedPlan(idOf(changes), nowMs, nowMs + VALID.toMillis(), changes, declared);
    }

    /** What takes this one back, last step first; steps that nothing takes back are left out. */
    SavedPlan undo(Declared before) {
        var back = new ArrayList<Change>();
        changes.reversed().forEach(change -> change.undo().ifPresent(back::add));
        return new SavedPlan(id + UNDO, madeAtMs, expiresAtMs, back, before);
    }

    /** How many steps nothing takes back. */
    long finalCount() {
        return changes.stream().filter(change -> change.undo().isEmpty()).count();
    }

    boolean expired(long nowMs) {
        return nowMs >= expiresAtMs;
    }

    Tree tree() {
        return Tree.fields()
                .with("id", id)
                .with("madeAtMs", madeAtMs)
                .with("expiresAtMs", expiresAtMs)
                .with("changes", Tree.list(changes, ChangeTree::treeOf))
                .with("declared", treeOf(declared));
    }

    static SavedPlan of(Tree tree) {
        return new SavedPlan(
                tree.at("id").text(),
                tree.at("madeAtMs").number(0),
                tree.at("expiresAtMs").number(0),
                tree.at("changes").items().stream().map(ChangeTree::changeOf).toList(),
                declaredOf(tree.at("declared")));
    }

    static Tree treeOf(Declared declared) {
        var topics = new TreeMap<String, Tree>();
        declared.topics().forEach((topic, configs) -> topics.put(topic, names(configs)));
        return Tree.fields()
                .with("topics", new Tree.Fields(topics))
                .with("links", names(declared.links()));
    }

    static Declared declaredOf(Tree tree) {
        var topics = new TreeMap<String, SortedSet<String>>();
        if (tree.at("topics") instanceof Tree.Fields(var entries)) {
            entries.forEach((topic, configs) -> topics.put(topic, names(configs)));
        }
        return new Declared(topics, names(tree.at("links")));
    }

    private static Tree names(SortedSet<String> names) {
        return Tree.list(names, Tree.Text::new);
    }

    private static SortedSet<String> names(Tree list) {
        var names = new TreeSet<String>();
        list.items().forEach(name -> names.add(name.text()));
        return Collections.unmodifiableSortedSet(names);
    }

    private static String idOf(List<Change> changes) {
        String text = TreeText.jsonLine(Tree.list(changes, ChangeTree::treeOf));
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return "p-" + HexFormat.of().formatHex(hash).substring(0, ID_DIGITS);
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException(absent);
        }
    }
}
