package io.panocrypt.servlet.internal.api;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.model.TemporaryDeny;
import io.panocrypt.policy.model.WireNamed;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.servlet.internal.http.ApiBody;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The routes for a device's allowances and temporary denies. */
final class GrantRoutes {
    private final Panocrypt panocrypt;

    GrantRoutes(Panocrypt panocrypt) {
        this.panocrypt = panocrypt;
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.of("POST", "/devices/{id}/allowances", Role.ADMIN, this::allow)
                        .alsoForServiceAccounts(Scope.Act.ALLOW_ONCE),
                ApiRoute.list("/devices/{id}/allowances", this::allowances).alsoForServiceAccounts(Scope.Act.READ),
                ApiRoute.of("DELETE", "/devices/{id}/allowances/{allowance}", Role.ADMIN, this::cancel),
                ApiRoute.list("/devices/{id}/temporary-deny", this::temporaryDenies)
                        .alsoForServiceAccounts(Scope.Act.READ),
                ApiRoute.of("DELETE", "/devices/{id}/temporary-deny", Role.ADMIN, this::lift));
    }

    /** Where an allowance may be used: one block, or anywhere if the operator wrote {@value DeviceRoutes#ANY}. */
    private record Source(Optional<Cidr> cidr) {
        static Optional<Source> parse(String text) {
            return text.equals(DeviceRoutes.ANY)
                    ? Optional.of(new Source(Optional.empty()))
                    : ApiBody.cidr(text).map(cidr -> new Source(Optional.of(cidr)));
        }
    }

    private ApiReply allow(ApiRequest request) {
        ApiBody body = request.body();
        Integer uses = body.count("uses");
        Duration expiresIn = body.duration("expiresIn");
        Source source = body.one("source", "must be an address, a CIDR block or any", Source::parse);
        List<AllowanceSkip> skips = body.all(
                "skips",
                "must be a list of disabled, source, temporary-deny, rule, approval",
                text -> WireNamed.parse(AllowanceSkip.class, text));
        body.finish();
        AllowanceRequest wanted = new AllowanceRequest(
                uses,
                expiresIn,
                source == null ? Optional.empty() : source.cidr(),
                source != null && source.cidr().isEmpty(),
                set(skips));
        return ApiReply.created(
                ApiViews.allowance(panocrypt.allowances().grant(request.actor(), request.id(), wanted)));
    }

    private static @Nullable Set<AllowanceSkip> set(@Nullable List<AllowanceSkip> skips) {
        if (skips == null) {
            return null;
        }
        Set<AllowanceSkip> set = EnumSet.noneOf(AllowanceSkip.class);
        set.addAll(skips);
        return set;
    }

    private ApiReply allowances(ApiRequest request) {
        return ApiReply.ok(ApiViews.page(
                ApiViews.slice(panocrypt.allowances().open(readable(request)), Allowance::id, request.query()),
                ApiViews::allowance));
    }

    /** The id of the device in the path. */
    private String readable(ApiRequest request) {
        return panocrypt
                .devices()
                .get(request.member(), Scope.Act.READ, request.id())
                .id();
    }

    private ApiReply cancel(ApiRequest request) {
        panocrypt
                .allowances()
                .cancel(request.actor(), request.id(), request.variables().get(1));
        return ApiReply.done();
    }

    private ApiReply temporaryDenies(ApiRequest request) {
        String device = readable(request);
        return ApiReply.ok(ApiViews.page(
                ApiViews.slice(panocrypt.temporaryDenies().of(device), TemporaryDeny::id, request.query()),
                ApiViews::temporaryDeny));
    }

    private ApiReply lift(ApiRequest request) {
        if (!panocrypt.temporaryDenies().lift(request.actor(), request.id())) {
            throw new OperationException(
                    OperationException.Kind.NOT_FOUND, "nothing to lift: the device has no temporary deny");
        }
        return ApiReply.done();
    }
}
