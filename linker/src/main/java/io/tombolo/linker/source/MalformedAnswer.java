package io.tombolo.linker.source;

/** The source sent something that cannot be an answer, or that breaks a limit. */
final class MalformedAnswer extends RuntimeException {

    private static final long serialVersionUID = 1;

    MalformedAnswer(String detail) {
        super(detail);
    }
}
