package io.tombolo.broker.lease;

import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.LeaseLedger.Entry;
import io.tombolo.region.lease.LeaseLedger.Holding;
import io.tombolo.region.lease.LeaseLedger.Wish;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * How the ledger writes down what it agrees on, on disk and on the wire. The first byte of an entry
 * says what it is; a kind that is not known is an error, because skipping it could give a lease
 * away.
 */
final class LedgerFields {

    private static final int RENEW = 1;
    private static final int GRANT = 2;
    private static final int GIVE = 3;
    private static final int KEPT = 4;
    private static final int HOLD = 1;
    private static final int PASS_ON = 2;

    private LedgerFields() {}

    /** Writes into memory, where nothing can go wrong. */
    interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    /** Reads from memory. */
    interface Reading<T> {
        T from(DataInputStream in) throws IOException;
    }

    static byte[] bytes(Writing writing) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** What the bytes say; empty when they are none of ours. */
    static <T> Optional<T> read(byte[] bytes, Reading<T> reading) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return Optional.of(reading.from(in));
        } catch (IOException | IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }

    static byte[] entry(Entry entry) {
        return bytes(out -> {
            switch (entry) {
                case Entry.Renew(var domain, var region, long epoch) -> {
                    out.writeByte(RENEW);
                    names(out, domain, region);
                    out.writeLong(epoch);
                }
                case Entry.Grant(var domain, var region, long epoch, long renewals) -> {
                    out.writeByte(GRANT);
                    names(out, domain, region);
                    out.writeLong(epoch);
                    out.writeLong(renewals);
                }
                case Entry.Give(var domain, var from, var to, long epoch) -> {
                    out.writeByte(GIVE);
                    names(out, domain, from);
                    out.writeUTF(to.name());
                    out.writeLong(epoch);
                }
                case Entry.Kept(var domain, Holding holding) -> {
                    out.writeByte(KEPT);
                    out.writeUTF(domain.name());
                    write(out, holding);
                }
            }
        });
    }

    static Optional<Entry> entry(byte[] bytes) {
        return read(
                bytes,
                in -> {
                    int kind = in.readByte();
                    var domain = new DomainName(in.readUTF());
                    return switch (kind) {
                        case RENEW -> new Entry.Renew(domain, region(in), in.readLong());
                        case GRANT ->
                                new Entry.Grant(domain, region(in), in.readLong(), in.readLong());
                        case GIVE -> new Entry.Give(domain, region(in), region(in), in.readLong());
                        case KEPT -> new Entry.Kept(domain, holding(in));
                        default -> throw new IOException("there is no entry of kind " + kind);
                    };
                });
    }

    static void write(DataOutputStream out, Wish wish) throws IOException {
        switch (wish) {
            case Wish.Hold(var domain, var region, long epoch) -> {
                out.writeByte(HOLD);
                names(out, domain, region);
                out.writeLong(epoch);
            }
            case Wish.PassOn(var domain, var from, var to, long epoch) -> {
                out.writeByte(PASS_ON);
                names(out, domain, from);
                out.writeUTF(to.name());
                out.writeLong(epoch);
            }
        }
    }

    static Wish wish(DataInputStream in) throws IOException {
        int kind = in.readByte();
        var domain = new DomainName(in.readUTF());
        return switch (kind) {
            case HOLD -> new Wish.Hold(domain, region(in), in.readLong());
            case PASS_ON -> new Wish.PassOn(domain, region(in), region(in), in.readLong());
            default -> throw new IOException("there is no wish of kind " + kind);
        };
    }

    static void write(DataOutputStream out, Holding holding) throws IOException {
        out.writeUTF(holding.region().name());
        out.writeLong(holding.epoch());
        out.writeLong(holding.renewals());
    }

    static Holding holding(DataInputStream in) throws IOException {
        return new Holding(region(in), in.readLong(), in.readLong());
    }

    private static void names(DataOutputStream out, DomainName domain, RegionId region)
            throws IOException {
        out.writeUTF(domain.name());
        out.writeUTF(region.name());
    }

    private static RegionId region(DataInputStream in) throws IOException {
        return new RegionId(in.readUTF());
    }
}
