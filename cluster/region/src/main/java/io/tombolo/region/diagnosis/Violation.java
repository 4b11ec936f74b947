package io.tombolo.region.diagnosis;

import java.util.List;

/**
 * One refusal that a user can act on. Two values with the same text are equal, and every component
 * is plain data, so that it serialises to JSON as it stands.
 *
 * @param code stable, {@code TMB-} and four digits; never reused for another meaning
 * @param where the place in the user's file that the claim is about
 * @param claim one line: what is wrong, naming the thing
 * @param seen what was found, with numbers; empty when the excerpt says it all
 * @param why what would happen otherwise; empty when it is obvious
 * @param fixes commands or text to copy, safest first; never a question
 */
public record Violation(
        String code, Where where, String claim, String seen, String why, List<String> fixes) {

    public Violation {
        if (!code.matches("TMB-\\d{4}")) {
            throw new IllegalArgumentException("'" + code + "' is not a code of the form TMB-1234");
        }
        fixes = List.copyOf(fixes);
    }
}
