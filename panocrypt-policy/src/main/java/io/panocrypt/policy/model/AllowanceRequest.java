package io.panocrypt.policy.model;

import io.panocrypt.policy.net.Cidr;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An allowance that an operator asks for.
 *
 * @param uses how many answers, 1 to 32; null: as many as the device has volumes
 * @param expiresIn its lifetime, more than zero, at most 7 days; null: 60 minutes
 * @param source the block that requests must come from; empty for any source
 * @param anySource whether the operator explicitly said {@code any}
 * @param skips the gates that it switches off; null: {@link AllowanceSkip#DISABLED}
 */
public record AllowanceRequest(
        @Nullable Integer uses,
        @Nullable Duration expiresIn,
        Optional<Cidr> source,
        boolean anySource,
        @Nullable Set<AllowanceSkip> skips) {

    /** The defaults: the device's volumes, 60 minutes, no source constraint, skips {@code disabled}. */
    public static AllowanceRequest defaults() {
        return new AllowanceRequest(null, null, Optional.empty(), false, null);
    }

    /** The same request for that many answers. */
    public AllowanceRequest withUses(int count) {
        return new AllowanceRequest(count, expiresIn, source, anySource, skips);
    }

    /** The same request with another lifetime. */
    public AllowanceRequest withExpiresIn(Duration life) {
        return new AllowanceRequest(uses, life, source, anySource, skips);
    }

    /** The same request for that block only. */
    public AllowanceRequest withSource(String cidr) {
        return new AllowanceRequest(uses, expiresIn, Optional.of(Cidr.parse(cidr)), false, skips);
    }

    /** The same request for any source, stated explicitly. */
    public AllowanceRequest withAnySource() {
        return new AllowanceRequest(uses, expiresIn, Optional.empty(), true, skips);
    }

    /** The same request with other skips. */
    public AllowanceRequest withSkips(AllowanceSkip... wanted) {
        return new AllowanceRequest(uses, expiresIn, source, anySource, Set.of(wanted));
    }
}
