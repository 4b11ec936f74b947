package io.tombolo.region;

/**
 * The name of a failover policy. 1 to 63 letters, digits, {@code -}, {@code _} or {@code .},
 * starting with a letter or digit; ordered by name.
 */
public record PolicyName(String name) implements Comparable<PolicyName> {

    /**
     * @throws IllegalArgumentException with a sentence for the user when the name is not legal
     */
    public PolicyName {
        name = Name.checked("failover policy", name);
    }

    @Override
    public int compareTo(PolicyName other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
