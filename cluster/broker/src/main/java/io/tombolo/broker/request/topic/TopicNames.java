package io.tombolo.broker.request.topic;

import java.util.regex.Pattern;

/** Which names topics may have. */
final class TopicNames {

    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    private TopicNames() {}

    static boolean legal(String name) {
        return LEGAL.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }
}
