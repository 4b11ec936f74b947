package io.tombolo.cli.admin;

import java.io.IOException;

/** No broker of a region answered in time. */
public final class AdminUnreachable extends IOException {

    private static final long serialVersionUID = 1;

    private final boolean late;

    AdminUnreachable(String seen, boolean late, IOException cause) {
        super(seen, cause);
        this.late = late;
    }

    /** Whether a broker took the request and did not answer in time: it may still be at work. */
    public boolean late() {
        return late;
    }
}
