package io.tombolo.metadata.image;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * A set of partition indexes of one topic: a bit for each, in pages. Immutable; a change copies one
 * page and the list of pages, so that millions of entries cost about a bit each.
 */
public final class IndexSet {

    /** No index. */
    public static final IndexSet EMPTY = new IndexSet(0, new long[0][]);

    private static final int PAGE_WORDS = 16;
    private static final int PAGE_BITS = PAGE_WORDS * Long.SIZE;
    private static final long[] NO_PAGE = new long[PAGE_WORDS];

    private final int size;
    private final long[][] pages;

    private IndexSet(int size, long[][] pages) {
        this.size = size;
        this.pages = pages;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public boolean has(int index) {
        int page = index / PAGE_BITS;
        return page < pages.length && (pages[page][word(index)] & bit(index)) != 0;
    }

    /** Shows every index, rising. */
    public void forEach(IntConsumer visitor) {
        for (int page = 0; page < pages.length; page++) {
            if (pages[page] == NO_PAGE) {
                continue;
            }
            for (int word = 0; word < PAGE_WORDS; word++) {
                for (long left = pages[page][word]; left != 0; left &= left - 1) {
                    visitor.accept(
                            page * PAGE_BITS + word * Long.SIZE + Long.numberOfTrailingZeros(left));
                }
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof IndexSet that
                        && size == that.size
                        && Arrays.deepEquals(pages, that.pages);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(pages);
    }

    @Override
    public String toString() {
        var text = new StringBuilder("{");
        forEach(index -> text.append(text.length() > 1 ? ", " : "").append(index));
        return text.append('}').toString();
    }

    private static int word(int index) {
        return index % PAGE_BITS / Long.SIZE;
    }

    private static long bit(int index) {
        return 1L << (index % Long.SIZE);
    }

    /** Changes a set many times and copies each page at most once. Mutable, used by one thread. */
    static final class Editor {

        private final long[][] original;
        private long[][] pages;
        private int size;

        Editor(IndexSet set) {
            original = set.pages;
            pages = set.pages.clone();
            size = set.size;
        }

        void add(int index) {
            long[] page = owned(index / PAGE_BITS);
            if ((page[word(index)] & bit(index)) == 0) {
                page[word(index)] |= bit(index);
                size++;
            }
        }

        void remove(int index) {
            if (index / PAGE_BITS >= pages.length) {
                return;
            }
            long[] page = owned(index / PAGE_BITS);
            if ((page[word(index)] & bit(index)) != 0) {
                page[word(index)] &= ~bit(index);
                size--;
            }
        }

        /** The changed set; the editor is not used again. */
        IndexSet finish() {
            if (size == 0) {
                return EMPTY;
            }
            int last = pages.length;
            while (isZero(pages[last - 1])) {
                last--;
            }
            long[][] kept = Arrays.copyOf(pages, last);
            for (int page = 0; page < last; page++) {
                kept[page] = isZero(kept[page]) ? NO_PAGE : kept[page];
            }
            return new IndexSet(size, kept);
        }

        private long[] owned(int page) {
            if (page >= pages.length) {
                int from = pages.length;
                pages = Arrays.copyOf(pages, page + 1);
                Arrays.fill(pages, from, pages.length, NO_PAGE);
            }
            boolean shared =
                    pages[page] == NO_PAGE
                            || page < original.length && pages[page] == original[page];
            if (shared) {
                pages[page] = pages[page].clone();
            }
            return pages[page];
        }

        private static boolean isZero(long[] page) {
            for (long word : page) {
                if (word != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
