package io.tombolo.region.topology;

/**
 * A secret by reference: the file says where it is, never what it is. Prints as {@code ***}.
 *
 * @param source where to look
 * @param locator name of the environment variable, or path of the file
 */
public record Secret(Source source, String locator) {

    /** The two places a secret may come from; the name in lower case is the prefix in the file. */
    public enum Source {
        ENV,
        FILE
    }

    @Override
    public String toString() {
        return "***";
    }
}
