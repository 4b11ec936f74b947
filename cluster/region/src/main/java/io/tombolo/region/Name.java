package io.tombolo.region;

/** The one rule for names that users give to regions, links, policies and domains. */
final class Name {

    private static final int LENGTH_MAX = 63;

    private Name() {}

    /**
     * Returns the name when it is 1 to 63 ASCII letters, digits, {@code -}, {@code _} or {@code .}
     * and starts with a letter or digit: such a name is safe in a file name, a metric label, a
     * command line and a client id.
     *
     * @throws IllegalArgumentException with a sentence that names the first offence
     */
    static String checked(String kind, String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a " + kind + " needs a name");
        }
        if (text.length() > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "a %s name has at most %d characters, this one has %d"
                            .formatted(kind, LENGTH_MAX, text.length()));
        }
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            boolean legal =
                    isLetterOrDigit(character) || index > 0 && "-_.".indexOf(character) >= 0;
            if (!legal) {
                throw new IllegalArgumentException(
                        "a %s name has only letters, digits, '-', '_' and '.', and starts with a letter or digit; '%s' has '%s' at position %d"
                                .formatted(kind, text, character, index + 1));
            }
        }
        return text;
    }

    private static boolean isLetterOrDigit(char character) {
        return character >= 'a' && character <= 'z'
                || character >= 'A' && character <= 'Z'
                || character >= '0' && character <= '9';
    }
}
