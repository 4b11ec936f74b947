package io.tombolo.region;

/**
 * The name of an ownership domain: the set of topics that changes hands as one. 1 to 63 letters,
 * digits, {@code -}, {@code _} or {@code .}, starting with a letter or digit; ordered by name.
 */
public record DomainName(String name) implements Comparable<DomainName> {

    /**
     * @throws IllegalArgumentException with a sentence for the user when the name is not legal
     */
    public DomainName {
        name = Name.checked("domain", name);
    }

    @Override
    public int compareTo(DomainName other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
