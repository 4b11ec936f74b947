package io.tombolo.region.topology.file;

import io.tombolo.region.diagnosis.NearestName;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A map with known keys; unknown and duplicate ones have been reported when it is made. */
record Section(Value owner, Map<String, Value> values) {

    static Section of(Value owner, List<String> keys) {
        var values = new HashMap<String, Value>();
        for (Value entry : owner.entries()) {
            if (keys.contains(entry.name())) {
                values.put(entry.name(), entry);
            } else {
                unknown(owner, entry, keys);
            }
        }
        return new Section(owner, values);
    }

    /** The value under this key, when the file has one. */
    Optional<Value> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** The value under a key without default; its absence is reported with an example. */
    Optional<Value> require(String key, String example) {
        Value value = values.get(key);
        if (value == null) {
            owner.problemWithName(Rule.MISSING_KEY, "%s has no '%s'".formatted(owner.path(), key))
                    .fix(key + ": " + example);
        }
        return Optional.ofNullable(value);
    }

    /** Whether the key is given and true. */
    boolean isTrue(String key) {
        return get(key).flatMap(Value::flag).orElse(false);
    }

    private static void unknown(Value owner, Value entry, List<String> keys) {
        String place = owner.path().isEmpty() ? "a topology file" : owner.path();
        Problem problem =
                entry.problemWithName(
                                Rule.UNKNOWN_KEY,
                                "there is no key '%s' in %s".formatted(entry.name(), place))
                        .why("a key that is ignored would hide a mistake");
        Optional<String> near = NearestName.to(entry.name(), keys);
        if (near.isPresent()) {
            problem.fix(near.get() + ":");
        } else {
            problem.fix("use one of " + String.join(", ", keys));
        }
    }
}
