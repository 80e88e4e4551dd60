package io.panocrypt.policy.internal.edit;

import io.panocrypt.policy.net.Cidr;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The number of addresses in a set of blocks: overlaps count once, and adjacent blocks form one range. */
public final class SourceWidth {
    private final List<Range> ranges;

    private SourceWidth(List<Range> ranges) {
        this.ranges = ranges;
    }

    /** A contiguous range, from the first address of one block to the last of the same or another. */
    private record Range(Cidr first, Cidr last, BigInteger start, BigInteger end) {
        static Range of(Cidr block) {
            BigInteger start = new BigInteger(1, block.first().toBytes());
            return new Range(block, block, start, start.add(addresses(bits(block) - block.prefix())));
        }

        boolean continuesWith(Range next) {
            return first.isIpv4() == next.first.isIpv4() && next.start.compareTo(end) <= 0;
        }

        Range with(Range next) {
            return next.end.compareTo(end) <= 0 ? this : new Range(first, next.last, start, next.end);
        }

        BigInteger size() {
            return end.subtract(start);
        }

        @Override
        public String toString() {
            return first.equals(last) ? first.toString() : first + " to " + last;
        }
    }

    private static int bits(Cidr block) {
        return block.isIpv4() ? 32 : 128;
    }

    private static BigInteger addresses(int bits) {
        return BigInteger.ONE.shiftLeft(bits);
    }

    public static SourceWidth of(Collection<Cidr> blocks) {
        List<Range> merged = new ArrayList<>();
        blocks.stream()
                .map(Range::of)
                .sorted(Comparator.<Range, Boolean>comparing(
                                range -> range.first().isIpv4())
                        .thenComparing(Range::start)
                        .thenComparing(Comparator.comparing(Range::end).reversed()))
                .forEach(next -> {
                    int last = merged.size() - 1;
                    if (last >= 0 && merged.get(last).continuesWith(next)) {
                        merged.set(last, merged.get(last).with(next));
                    } else {
                        merged.add(next);
                    }
                });
        return new SourceWidth(List.copyOf(merged));
    }

    /** Whether the total exceeds one {@code /8} (IPv4) or one {@code /16} (IPv6). */
    public boolean isOpen() {
        return total(true).compareTo(addresses(32 - 8)) > 0 || total(false).compareTo(addresses(128 - 16)) > 0;
    }

    /** The ranges larger than a {@code /24} (IPv4) or a {@code /56} (IPv6), more than a usual site has. */
    List<String> wide() {
        return ranges.stream()
                .filter(range -> range.size().compareTo(addresses(range.first().isIpv4() ? 32 - 24 : 128 - 56)) > 0)
                .map(Range::toString)
                .toList();
    }

    /** Whether it has more addresses of IPv4 or of IPv6 than the other one. */
    public boolean isWiderThan(SourceWidth other) {
        return total(true).compareTo(other.total(true)) > 0 || total(false).compareTo(other.total(false)) > 0;
    }

    private BigInteger total(boolean ipv4) {
        return ranges.stream()
                .filter(range -> range.first().isIpv4() == ipv4)
                .map(Range::size)
                .reduce(BigInteger.ZERO, BigInteger::add);
    }
}
