package io.panocrypt.standalone.web;

import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.TangKey;
import io.panocrypt.crypto.tang.TangKeyDirectory;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.servlet.TangEndpoint;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Serves a Tang key directory at the root path, to all clients from an allowed block. */
public final class TangDirectoryEndpoint implements TangEndpoint {
    private final TangKeyDirectory directory;
    private final List<Cidr> allowed;

    public TangDirectoryEndpoint(TangKeyDirectory directory, List<Cidr> allowed) {
        this.directory = directory;
        this.allowed = List.copyOf(allowed);
    }

    @Override
    public String basePattern() {
        return "()";
    }

    @Override
    public Optional<byte[]> advertisement(String token, @Nullable String thumbprint) {
        return whenReady(() -> directory.advertisement(thumbprint));
    }

    /** Hides the reason: the directory logs it once instead of for each request. */
    private static <T> T whenReady(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalStateException | UncheckedIOException e) {
            throw new StoreException("the key directory is not ready", e);
        }
    }

    @Override
    public UnlockResult recover(UnlockAttempt attempt) {
        Optional<TangKey> key = whenReady(() -> directory.key(attempt.kid()));
        if (key.isEmpty()) {
            return new UnlockResult.NotFound();
        }
        TangKey found = key.get();
        if (found.role() != KeyRole.EXCHANGE) {
            return new UnlockResult.NotAnExchangeKey();
        }
        try {
            EcPoint point = attempt.request().pointOn(found.curve());
            boolean admitted = attempt.source()
                    .filter(source -> allowed.stream().anyMatch(block -> block.contains(source)))
                    .isPresent();
            return admitted
                    ? new UnlockResult.Answered(found.exchange(point))
                    : new UnlockResult.Refused(Reason.SOURCE_NOT_ALLOWED);
        } catch (InvalidPointException e) {
            return new UnlockResult.InvalidPoint();
        }
    }
}
