package io.tombolo.contract;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The APIs a 4.4 broker advertises, and those of them that Tombolo answers. */
final class AdvertisedApis {

    static final SortedMap<Integer, String> OF_A_BROKER =
            parse(
                    """
                    0:0-13 1:4-18 2:1-11 3:0-13 8:2-10 9:1-10 10:0-6 11:0-9 12:0-4 13:0-5 14:0-5
                    15:0-6 16:0-5 17:0-1 18:0-5 19:2-7 20:1-6 21:0-2 22:0-5 23:2-4 24:0-5 25:0-4
                    26:0-5 27:1-2 28:0-6 29:1-3 30:1-3 31:1-3 32:1-4 33:0-2 34:1-2 35:1-5 36:0-2
                    37:0-3 38:1-3 39:1-2 40:1-2 41:1-3 42:0-3 43:0-2 44:0-1 45:0-1 46:0-0 47:0-0
                    48:0-1 49:0-1 50:0-0 51:0-0 55:0-2 57:0-2 60:0-2 61:0-0 64:0-0 65:0-0 66:0-2
                    68:0-1 69:0-1 74:0-1 75:0-0 76:1-1 77:1-1 78:1-2 79:1-2 80:0-1 81:0-0 83:0-0
                    84:0-0 85:0-1 86:0-0 87:0-1 88:0-1 89:0-1 90:0-1 91:0-0 92:0-0 93:0-0 94:0-0
                    """);

    static final SortedSet<Integer> ANSWERED =
            new TreeSet<>(
                    Stream.of(
                                    0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
                                    21, 22, 23, 24, 25, 26, 27, 28, 32, 33, 34, 35, 36, 37, 42, 43,
                                    44, 45, 46, 47, 48, 49, 55, 57, 60, 61, 64, 65, 66, 68, 69, 74,
                                    75, 80, 81, 94)
                            .toList());

    private AdvertisedApis() {}

    private static SortedMap<Integer, String> parse(String table) {
        return Stream.of(table.strip().split("\\s+"))
                .map(entry -> entry.split(":"))
                .collect(
                        Collectors.toMap(
                                entry -> Integer.valueOf(entry[0]),
                                entry -> entry[1],
                                (first, _) -> first,
                                TreeMap::new));
    }
}
