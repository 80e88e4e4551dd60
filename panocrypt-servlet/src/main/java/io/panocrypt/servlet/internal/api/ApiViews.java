package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.Devices;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Contact;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceApproval;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.DryRun;
import io.panocrypt.policy.model.EnrollmentKey;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.RuleFinding;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.model.TemporaryDeny;
import io.panocrypt.policy.model.UserGroup;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.model.history.RefusedSource;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.servlet.internal.http.ApiJson;
import io.panocrypt.servlet.internal.http.ApiQuery;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the model as the REST interface shows it. Every member is written by name: a new field of the model is never
 * shown by accident.
 */
final class ApiViews {
    private ApiViews() {}

    static <T> ObjectNode page(Page<T> page, Function<T, ObjectNode> view) {
        ObjectNode list = ApiJson.object();
        ArrayNode items = list.putArray("items");
        page.items().forEach(item -> items.add(view.apply(item)));
        if (!page.unreadable().isEmpty()) {
            ArrayNode unreadable = list.putArray("unreadable");
            page.unreadable().forEach(unreadable::add);
        }
        if (page.examined() > page.items().size() + page.unreadable().size()) {
            list.put("examined", page.examined());
        }
        return list.put("nextCursor", page.nextCursor().orElse(null));
    }

    /** One page of a list that the store returns in full. */
    static <T> Page<T> slice(List<T> all, Function<T, String> id, ApiQuery query) {
        String cursor = query.cursor();
        List<T> rest = all.stream()
                .sorted(Comparator.comparing(id))
                .filter(item -> cursor == null || id.apply(item).compareTo(cursor) > 0)
                .toList();
        return rest.size() <= query.limit()
                ? new Page<>(rest, Optional.empty())
                : new Page<>(rest.subList(0, query.limit()), Optional.of(id.apply(rest.get(query.limit() - 1))));
    }

    static ObjectNode device(Devices devices, Device device, DeviceApproval approval, Collection<String> warnings) {
        boolean revoked = device.state() == DeviceState.REVOKED;
        ObjectNode view = ApiJson.object()
                .put("id", device.id())
                .put("name", device.name())
                .put("state", device.state().wireName())
                .put("unlockUrl", revoked ? null : devices.unlockUrl(device))
                .put("thumbprint", devices.thumbprint(device).orElse(null))
                .put("bindCommand", devices.bindCommand(device).orElse(null));
        view.set("tags", texts(device.tags()));
        view.set(
                "sources", texts(device.sources().stream().map(SourceRule::cidr).toList()));
        view.put(
                "registeredSource",
                device.sources().stream()
                        .filter(SourceRule::registered)
                        .map(rule -> rule.cidr().toString())
                        .findFirst()
                        .orElse(null));
        view.set("networkAccessLists", texts(device.networkAccessLists()));
        view.put("requireApproval", device.requireApproval())
                .put("acknowledgeOpen", device.acknowledgeOpen())
                .put("volumes", device.volumes())
                .put("notes", device.notes())
                .put("curve", device.curve().crv())
                .put("custody", device.custody().orElse(DeviceChange.DEFAULT_CUSTODY));
        ArrayNode keys = view.putArray("keys");
        device.keys()
                .forEach(key -> keys.addObject()
                        .put("generation", key.generation())
                        .put("hidden", key.hidden())
                        .put("signing", key.signing().kid())
                        .put("exchange", key.exchange().kid())
                        .put("custody", key.custody())
                        .put("created", key.created().toString()));
        view.put("created", device.created().toString());
        view.set("approval", approval(approval));
        view.set(
                "warnings",
                texts(Stream.concat(warnings.stream(), approval.warnings().stream())
                        .toList()));
        return view.put("version", device.version());
    }

    static ObjectNode refusedSource(RefusedSource refused) {
        return ApiJson.object()
                .put("source", refused.source().toString())
                .put("time", refused.time().toString())
                .put("otherSources", refused.otherSources())
                .put("complete", refused.complete());
    }

    private static ObjectNode approval(DeviceApproval approval) {
        ObjectNode view = ApiJson.object().put("needed", approval.needed()).put("byItself", approval.byItself());
        view.set("groups", named(approval.groups()));
        view.set("approvers", named(approval.approvers()));
        return view.put("quorum", approval.quorum()).put("reachable", approval.reachable());
    }

    private static ArrayNode named(Collection<DeviceApproval.Named> all) {
        ArrayNode list = ApiJson.array();
        all.forEach(each -> list.addObject().put("id", each.id()).put("name", each.name()));
        return list;
    }

    static ObjectNode enrollmentKey(EnrollmentKey key, Collection<String> warnings) {
        ObjectNode view = ApiJson.object()
                .put("id", key.id())
                .put("name", key.name())
                .put("uses", key.uses())
                .put("usesLeft", key.usesLeft())
                .put("created", key.created().toString())
                .put("expires", key.expires().toString())
                .put("registerSource", key.registerSource())
                .put("initialState", key.initialState().wireName());
        view.set("tags", texts(key.tags()));
        view.set("sources", texts(key.sources()));
        view.set("networkAccessLists", texts(key.networkAccessLists()));
        view.put("requireApproval", key.requireApproval())
                .put("acknowledgeOpen", key.acknowledgeOpen())
                .put("volumes", key.volumes())
                .put("notes", key.notes())
                .put("curve", key.curve().crv());
        view.set("warnings", texts(warnings));
        return view.put("version", key.version());
    }

    static ObjectNode allowance(Allowance allowance) {
        String any = allowance.anySource() ? DeviceRoutes.ANY : null;
        ObjectNode view = ApiJson.object()
                .put("id", allowance.id())
                .put("deviceId", allowance.deviceId())
                .put("uses", allowance.uses())
                .put("usesLeft", allowance.usesLeft())
                .put("source", allowance.source().map(Cidr::toString).orElse(any));
        view.set(
                "skips",
                texts(allowance.skips().stream().map(AllowanceSkip::wireName).toList()));
        return view.put("grantedBy", allowance.grantedBy())
                .put("created", allowance.created().toString())
                .put("expires", allowance.expires().toString());
    }

    static ObjectNode temporaryDeny(TemporaryDeny deny) {
        return ApiJson.object()
                .put("id", deny.id())
                .put("deviceId", deny.deviceId())
                .put("source", deny.source().map(IpAddress::toString).orElse(null))
                .put("until", deny.until().toString())
                .put("cause", deny.cause());
    }

    static ObjectNode networkAccessList(NetworkAccessList list) {
        ObjectNode view = ApiJson.object().put("id", list.id()).put("name", list.name());
        view.set("cidrs", texts(list.cidrs()));
        return view.put("acknowledgeOpen", list.acknowledgeOpen()).put("version", list.version());
    }

    static ObjectNode lockdown(Lockdown lockdown) {
        ObjectNode view = ApiJson.object().put("id", lockdown.id());
        view.set("tags", texts(lockdown.tags()));
        return view.put("reason", lockdown.reason())
                .put("createdBy", lockdown.createdBy())
                .put("created", lockdown.created().toString())
                .put("version", lockdown.version());
    }

    /** @param reader who reads it: administrators and the member see whole contacts, others only the hosts */
    static ObjectNode member(Member member, Member reader) {
        boolean whole = reader.role() == Role.ADMIN || reader.id().equals(member.id());
        ObjectNode view = ApiJson.object()
                .put("id", member.id())
                .put("name", member.name())
                .put("role", member.role().wireName());
        view.set(
                "contacts",
                texts(MemberRoutes.ordinary(member).stream()
                        .map(contact -> whole ? contact : Contact.hostOnly(contact))
                        .toList()));
        ArrayNode scopes = view.putArray("scopes");
        member.scopes()
                .forEach(scope ->
                        scopes.addObject().put("act", scope.act().wireName()).set("tags", texts(scope.tags())));
        return view.put(
                        "directory",
                        member.external().map(ExternalIdentity::directory).orElse(null))
                .put("subject", member.external().map(ExternalIdentity::subject).orElse(null))
                .put("created", member.created().toString())
                .put(
                        "tokenExpires",
                        member.tokenExpires().map(Instant::toString).orElse(null))
                .put("version", member.version());
    }

    static ObjectNode userGroup(UserGroup group) {
        ObjectNode view = ApiJson.object().put("id", group.id()).put("name", group.name());
        view.set("members", texts(group.members()));
        return view.put("version", group.version());
    }

    static ObjectNode approvalGroup(ApprovalGroup group, Collection<String> warnings) {
        ObjectNode view = ApiJson.object().put("id", group.id()).put("name", group.name());
        view.set("requiredTags", texts(group.requiredTags()));
        view.set("approvers", texts(group.approvers()));
        view.put("quorum", group.quorum()).put("proof", group.proof().wireName());
        view.set("warnings", texts(warnings));
        return view.put("version", group.version());
    }

    /** A request, in its state at this time, with the members who may decide now. */
    static ObjectNode approvalRequest(
            ApprovalRequest request, ApprovalRequest.State state, int uses, Collection<String> approvers) {
        ObjectNode view = ApiJson.object()
                .put("id", request.id())
                .put("deviceId", request.deviceId())
                .put("source", request.source().toString())
                .put("state", state.wireName())
                .put("since", request.since().toString())
                .put("lastSeen", request.lastSeen().toString())
                .put("attempts", request.attempts())
                .put("uses", uses);
        view.set("approvers", texts(approvers.stream().sorted().toList()));
        ArrayNode decisions = view.putArray("decisions");
        request.votes()
                .forEach(vote -> decisions
                        .addObject()
                        .put("member", vote.memberId())
                        .put("verdict", vote.verdict().wireName())
                        .put("time", vote.time().toString())
                        .put("comment", vote.comment()));
        return view.put("askedAgain", request.askedAgain())
                .put("collected", request.collected())
                .put("windowEnd", request.windowEnd().map(Instant::toString).orElse(null));
    }

    static ObjectNode decision(DryRun decision, Collection<String> warnings) {
        ObjectNode view = ApiJson.object()
                .put("outcome", decision.outcome().wireName())
                .put("reason", reason(decision.reason(), decision.rule()));
        view.set("gates", gates(decision.gates()));
        view.set("rule", rule(decision.rule()));
        view.set("warnings", texts(warnings));
        return view;
    }

    static ObjectNode unlock(UnlockRecord row) {
        ObjectNode view = ApiJson.object()
                .put("time", row.time().toString())
                .put("device", row.deviceId())
                .put("source", row.source().map(IpAddress::toString).orElse(null))
                .put("kid", row.kid())
                .put("outcome", row.outcome().wireName())
                .put("reason", reason(row.reason(), row.rule()))
                .put("count", row.count())
                .put("spent", row.spent().orElse(null))
                .put("hash", row.hash());
        view.set("gates", gates(row.gates()));
        view.set("rule", rule(row.rule()));
        return view.put("note", row.note()).put("node", row.node());
    }

    private static String reason(Reason reason, Optional<RuleFinding> rule) {
        String name =
                reason == Reason.RULE ? rule.map(found -> ":" + found.rule()).orElse("") : "";
        return reason.wireName() + name;
    }

    private static @Nullable ObjectNode rule(Optional<RuleFinding> rule) {
        return rule.map(found -> ApiJson.object().put("name", found.rule()).put("reason", found.reason()))
                .orElse(null);
    }

    static ObjectNode audit(AuditRecord row) {
        ObjectNode view = ApiJson.object()
                .put("time", row.time().toString())
                .put("actor", row.actor())
                .put("action", row.action())
                .put("kind", row.kind())
                .put("objectId", row.objectId());
        view.set("before", ApiJson.parseOwn(row.before()));
        view.set("after", ApiJson.parseOwn(row.after()));
        return view.put("node", row.node()).put("hash", row.hash());
    }

    static ObjectNode verification(Verification found, PublicJwk key) {
        ObjectNode view = ApiJson.object().put("intact", found.intact()).put("rows", found.rows());
        view.set(
                "brokenAt",
                found.brokenAt()
                        .map(at -> ApiJson.object()
                                .put("chain", at.chain())
                                .put("sequence", at.sequence())
                                .put("problem", at.problem()))
                        .orElse(null));
        ArrayNode chains = view.putArray("chains");
        for (Verification.Chain chain : found.chains()) {
            chains.addObject()
                    .put("chain", chain.chain())
                    .put("cut", chain.cut())
                    .put("signed", chain.signed())
                    .put("last", chain.last());
        }
        return view.put("checkpointKey", key.kid());
    }

    /** In the order of evaluation, which a map read from a store does not keep. */
    private static ArrayNode gates(Map<Gate, GateResult> results) {
        ArrayNode gates = ApiJson.array();
        for (Gate gate : Gate.values()) {
            GateResult result = results.get(gate);
            if (result != null) {
                gates.addObject().put("gate", gate.wireName()).put("result", result.wireName());
            }
        }
        return gates;
    }

    static ArrayNode texts(Collection<?> values) {
        ArrayNode texts = ApiJson.array();
        values.forEach(value -> texts.add(value.toString()));
        return texts;
    }
}
