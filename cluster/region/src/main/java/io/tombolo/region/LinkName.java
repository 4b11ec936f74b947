package io.tombolo.region;

/**
 * The name of a link between two regions. 1 to 63 letters, digits, {@code -}, {@code _} or {@code
 * .}, starting with a letter or digit; ordered by name.
 */
public record LinkName(String name) implements Comparable<LinkName> {

    /**
     * @throws IllegalArgumentException with a sentence for the user when the name is not legal
     */
    public LinkName {
        name = Name.checked("link", name);
    }

    @Override
    public int compareTo(LinkName other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
