package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.Members;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Contact;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.model.WireNamed;
import io.panocrypt.servlet.internal.http.ApiBody;
import io.panocrypt.servlet.internal.http.ApiException;
import io.panocrypt.servlet.internal.http.ApiJson;
import io.panocrypt.servlet.internal.http.ApiQuery;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The routes for members and their tokens. */
public final class MemberRoutes {
    private static final String ACTS = Arrays.stream(Scope.Act.values())
            .map(Scope.Act::wireName)
            .collect(Collectors.joining(", ", "must be one of ", ""));

    private final Members members;
    private final ApprovalGroups approvalGroups;

    MemberRoutes(Panocrypt panocrypt) {
        this.members = panocrypt.members();
        this.approvalGroups = panocrypt.approvalGroups();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.of("POST", "/members", Role.ADMIN, this::create),
                ApiRoute.list("/members", this::list),
                ApiRoute.of("GET", "/members/{id}", Role.VIEWER, this::get).alsoForOneself(Role.SERVICE),
                ApiRoute.of("PATCH", "/members/{id}", Role.ADMIN, this::edit),
                ApiRoute.of("DELETE", "/members/{id}", Role.ADMIN, this::delete, ApiQuery.CONFIRM),
                ApiRoute.of("POST", "/members/{id}/token", Role.ADMIN, this::rotateToken)
                        .alsoForOneself(Role.SERVICE));
    }

    private ApiReply create(ApiRequest request) {
        ApiBody body = request.body();
        body.require("name");
        MemberChange wanted = change(body);
        Duration tokenLife = body.duration("tokenExpiresIn");
        String directory = body.text("directory");
        String subject = body.text("subject");
        body.finish();
        if (directory != null || subject != null) {
            return register(request, wanted, directory, subject, tokenLife);
        }
        Members.Issued made = members.create(request.actor(), wanted, tokenLife);
        return ApiReply.created(
                ApiViews.member(made.member(), request.member()).put("token", made.token()),
                made.member().version());
    }

    private ApiReply register(
            ApiRequest request,
            MemberChange wanted,
            @Nullable String directory,
            @Nullable String subject,
            @Nullable Duration tokenLife) {
        if (directory == null || subject == null || tokenLife != null) {
            throw new ApiException(400, "a member of a directory needs directory and subject, and has no token");
        }
        Member made = members.register(request.actor(), new ExternalIdentity(directory, subject), wanted);
        return ApiReply.created(ApiViews.member(made, request.member()), made.version());
    }

    private ApiReply list(ApiRequest request) {
        return ApiReply.ok(ApiViews.page(
                members.list(request.query().cursor(), request.query().limit()),
                member -> ApiViews.member(member, request.member())));
    }

    private ApiReply get(ApiRequest request) {
        return member(members.get(id(request)), request.member());
    }

    private ApiReply edit(ApiRequest request) {
        long version = request.ifMatch();
        ApiBody body = request.body();
        MemberChange change = change(body);
        boolean confirmed = body.isConfirmed();
        body.finish();
        Member edited =
                members.edit(request.actor(), id(request), version, keepingSecretContacts(request, change), confirmed);
        ObjectNode view = ApiViews.member(edited, request.member());
        view.set("warnings", ApiViews.texts(approvalGroups.warningsAbout(edited.id())));
        return ApiReply.ok(view, edited.version());
    }

    /** Keeps contacts that the edit does not name because its author was never shown them. */
    private MemberChange keepingSecretContacts(ApiRequest request, MemberChange change) {
        List<String> named = change.contacts();
        if (named == null) {
            return change;
        }
        List<String> all = Stream.concat(
                        named.stream(),
                        members.get(id(request)).contacts().stream().filter(Contact::isSecret))
                .distinct()
                .toList();
        return new MemberChange(change.name(), change.role(), all, change.scopes());
    }

    /** The contacts that may be shown. */
    static List<String> ordinary(Member member) {
        return member.contacts().stream()
                .filter(contact -> !Contact.isSecret(contact))
                .toList();
    }

    private ApiReply delete(ApiRequest request) {
        members.delete(request.actor(), id(request), request.query().flag(ApiQuery.CONFIRM));
        return ApiReply.done();
    }

    private ApiReply rotateToken(ApiRequest request) {
        ApiBody body = request.body();
        Duration tokenLife = body.duration("expiresIn");
        body.finish();
        Members.Issued issued = members.rotateToken(request.actor(), id(request), tokenLife);
        return ApiReply.ok(ApiJson.object().put("id", issued.member().id()).put("token", issued.token()));
    }

    private static MemberChange change(ApiBody body) {
        return new MemberChange(
                body.text("name"),
                body.one("role", "must be admin, approver or viewer", MemberRoutes::roleOfPeople),
                body.texts("contacts"),
                scopes(body));
    }

    /** A service account is made by giving it scopes. */
    private static Optional<Role> roleOfPeople(String text) {
        return WireNamed.parse(Role.class, text).filter(role -> role != Role.SERVICE);
    }

    private static @Nullable List<Scope> scopes(ApiBody body) {
        List<ApiBody> items = body.objects("scopes");
        return items == null ? null : items.stream().map(MemberRoutes::scope).toList();
    }

    private static Scope scope(ApiBody body) {
        body.require("act");
        body.require("tags");
        Scope.Act act = body.one("act", ACTS, text -> WireNamed.parse(Scope.Act.class, text));
        List<String> tags = body.texts("tags");
        body.finish();
        return new Scope(Objects.requireNonNull(act), new TreeSet<>(Objects.requireNonNull(tags)));
    }

    private static String id(ApiRequest request) {
        return request.member(0);
    }

    private static ApiReply member(Member member, Member reader) {
        return ApiReply.ok(ApiViews.member(member, reader), member.version());
    }
}
