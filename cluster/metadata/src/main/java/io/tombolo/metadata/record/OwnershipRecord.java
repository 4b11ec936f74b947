package io.tombolo.metadata.record;

import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Takeover;

import java.util.ArrayList;

/**
 * The highest ownership of a domain that this region knows of. A region writes to the domain only
 * if this lets it.
 *
 * @param cause for people: who or what changed the owner and why
 */
public record OwnershipRecord(Ownership ownership, String cause) implements MetadataRecord {

    private static final int TAKEOVER = 0;

    public DomainName domain() {
        return ownership.domain();
    }

    public long epoch() {
        return ownership.epoch();
    }

    /** Writes its fields. What was taken over is a tagged one, where it is known. */
    void write(FieldWriter to) {
        to.string(ownership.domain().name())
                .string(ownership.owner().name())
                .number(ownership.epoch())
                .number(codeOf(ownership.mode()))
                .string(cause);
        to.tags(ownership.takeover().isPresent() ? 1 : 0);
        ownership
                .takeover()
                .ifPresent(taken ->
                        to.tag(
                                TAKEOVER,
                                field ->
                                        field.string(taken.from().name())
                                                .string(taken.patterns())));
    }

    /** Reads what {@link #write} wrote. */
    static OwnershipRecord read(FieldReader from) {
        var owned =
                new Ownership(
                        new DomainName(from.string()),
                        new RegionId(from.string()),
                        from.number(),
                        modeOf(from.smallNumber()));
        String cause = from.string();
        var taken = new ArrayList<Takeover>();
        from.tags((tag, field) -> tag == TAKEOVER && taken.add(readTakeover(field)));
        return new OwnershipRecord(taken.isEmpty() ? owned : owned.with(taken.getLast()), cause);
    }

    private static Takeover readTakeover(FieldReader from) {
        return Takeover.of(new RegionId(from.string()), from.string());
    }

    private static int codeOf(Ownership.Mode mode) {
        return switch (mode) {
            case STEADY -> 0;
            case DISPUTED -> 1;
            case FORCED -> 2;
            case HANDOVER -> 3;
        };
    }

    private static Ownership.Mode modeOf(int code) {
        return switch (code) {
            case 0 -> Ownership.Mode.STEADY;
            case 1 -> Ownership.Mode.DISPUTED;
            case 2 -> Ownership.Mode.FORCED;
            case 3 -> Ownership.Mode.HANDOVER;
            default -> throw new UnreadableRecord("ownership mode " + code + " is unknown");
        };
    }
}
