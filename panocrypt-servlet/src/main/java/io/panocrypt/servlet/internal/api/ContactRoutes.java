package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.Contacts;
import io.panocrypt.policy.Members;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Contact;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.notify.PushSubscription;
import io.panocrypt.servlet.internal.http.ApiBody;
import io.panocrypt.servlet.internal.http.ApiException;
import io.panocrypt.servlet.internal.http.ApiJson;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The routes for a member's contacts: testing a contact, and the browsers' push subscriptions. */
final class ContactRoutes {
    private static final String SUBSCRIPTIONS = "/members/{id}/push-subscriptions";

    private final Members members;
    private final Contacts contacts;

    ContactRoutes(Panocrypt panocrypt) {
        this.members = panocrypt.members();
        this.contacts = panocrypt.contacts();
    }

    List<ApiRoute> routes() {
        return List.of(
                ApiRoute.of("GET", "/push-key", Role.VIEWER, this::pushKey),
                ApiRoute.of("POST", "/members/{id}/contacts/test", Role.ADMIN, this::test)
                        .alsoForOneself(Role.VIEWER),
                ApiRoute.of("GET", SUBSCRIPTIONS, Role.ADMIN, this::subscriptions)
                        .alsoForOneself(Role.VIEWER),
                ApiRoute.of("POST", SUBSCRIPTIONS, Role.ADMIN, this::subscribe).alsoForOneself(Role.VIEWER),
                ApiRoute.of("DELETE", SUBSCRIPTIONS + "/{subscription}", Role.ADMIN, this::unsubscribe)
                        .alsoForOneself(Role.VIEWER),
                ApiRoute.of("POST", SUBSCRIPTIONS + "/{subscription}/test", Role.ADMIN, this::testSubscription)
                        .alsoForOneself(Role.VIEWER));
    }

    private ApiReply pushKey(ApiRequest request) {
        String key = contacts.pushKey().orElseThrow(() -> new ApiException(404, "no such push key"));
        return ApiReply.ok(ApiJson.object().put("applicationServerKey", key));
    }

    /**
     * Tests only a contact that the member has: a caller who may edit nobody else must not make the server call any
     * address.
     */
    private ApiReply test(ApiRequest request) {
        ApiBody body = request.body();
        body.require("contact");
        String contact = body.text("contact");
        body.finish();
        if (!members.get(request.member(0)).contacts().contains(Objects.requireNonNull(contact))) {
            throw new ApiException(404, "no such contact");
        }
        return ApiReply.ok(NoticeViews.delivery(contacts.test(request.actor(), contact)));
    }

    private ApiReply subscriptions(ApiRequest request) {
        ObjectNode view = ApiJson.object();
        subscriptionsOf(request).map(NoticeViews::subscription).forEach(view.putArray("items")::add);
        return ApiReply.ok(view.putNull("nextCursor"));
    }

    private Stream<String> subscriptionsOf(ApiRequest request) {
        return members.get(request.member(0)).contacts().stream().filter(Contact::isSecret);
    }

    private ApiReply subscribe(ApiRequest request) {
        ApiBody body = request.body();
        body.require("endpoint");
        body.require("keys");
        URI endpoint = body.uri("endpoint");
        List<String> keys = body.members("keys", "p256dh", "auth");
        // A browser's PushSubscription.toJSON() contains it too.
        body.ignore("expirationTime");
        body.finish();
        String contact = contact(Objects.requireNonNull(endpoint), Objects.requireNonNull(keys));
        members.addContact(request.actor(), request.member(0), contact);
        return ApiReply.created(NoticeViews.subscription(contact));
    }

    private static String contact(URI endpoint, List<String> keys) {
        try {
            return PushSubscription.of(endpoint, keys.get(0), keys.get(1))
                    .toContact()
                    .toString();
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, String.valueOf(e.getMessage()));
        }
    }

    private ApiReply unsubscribe(ApiRequest request) {
        members.removeContact(request.actor(), request.member(0), subscription(request));
        return ApiReply.done();
    }

    private ApiReply testSubscription(ApiRequest request) {
        request.expectNothing();
        return ApiReply.ok(NoticeViews.delivery(contacts.test(request.actor(), subscription(request))));
    }

    private String subscription(ApiRequest request) {
        String id = request.variables().get(1);
        return subscriptionsOf(request)
                .filter(known -> NoticeViews.subscriptionId(known).equals(id))
                .findFirst()
                .orElseThrow(() -> new ApiException(404, "no such push subscription"));
    }
}
