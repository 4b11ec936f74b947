package io.tombolo.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The long texts behind the codes; one resource, a page per code. */
final class CodePages {

    private CodePages() {}

    /** One page. */
    record Page(String code, String title, String text) {}

    static Optional<Page> find(String code) {
        return all().stream().filter(page -> page.code().equals(code)).findFirst();
    }

    /** All pages in the order of their codes. */
    static List<Page> all() {
        var pages = new ArrayList<Page>();
        for (String section : resource().split("(?m)^## ", -1)) {
            if (section.startsWith("TMB-")) {
                int line = section.indexOf('\n');
                String head = section.substring(0, line);
                int space = head.indexOf(' ');
                pages.add(
                        new Page(
                                head.substring(0, space),
                                head.substring(space + 1).strip(),
                                section.substring(line).strip()));
            }
        }
        return pages;
    }

    private static String resource() {
        try (InputStream stream = CodePages.class.getResourceAsStream("codes.md")) {
            if (stream == null) {
                throw new IllegalStateException("codes.md is not in the jar");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
