package io.tombolo.region.topology.file;

import io.tombolo.region.diagnosis.Violation;
import io.tombolo.region.diagnosis.Where;
import io.tombolo.region.topology.file.YamlNode.Span;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A violation in the making. Mutable; lives while one file is read. */
final class Problem {

    private final Rule rule;
    private final Span span;
    private final String path;
    private final String claim;
    private final List<String> fixes = new ArrayList<>();
    private String seen = "";
    private String why = "";

    Problem(Rule rule, Span span, String path, String claim) {
        this.rule = rule;
        this.span = span;
        this.path = path;
        this.claim = claim;
    }

    Problem seen(String text) {
        seen = text;
        return this;
    }

    Problem why(String text) {
        why = text;
        return this;
    }

    Problem fix(String... texts) {
        fixes.addAll(Arrays.asList(texts));
        return this;
    }

    Rule rule() {
        return rule;
    }

    Span span() {
        return span;
    }

    /** The finished violation; the document knows which lines may be shown. */
    Violation in(Document document) {
        Where where = document.where(span, path);
        return new Violation(rule.code(), where, claim, seen, why, fixes);
    }
}
