package io.panocrypt.policy.internal.decision;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.model.TemporaryDeny;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A builder for policy views; it begins with an active device that admits 10.0.0.0/8. */
final class Views {
    static final Instant NOW = Instant.parse("2026-03-04T05:06:07.089Z");

    DeviceState state = DeviceState.ACTIVE;
    boolean requireApproval;
    Set<String> tags = Set.of();
    List<String> sources = List.of("10.0.0.0/8");
    List<String> listed = List.of();
    final List<Lockdown> lockdowns = new ArrayList<>();
    final List<TemporaryDeny> denies = new ArrayList<>();
    final List<Allowance> allowances = new ArrayList<>();

    RuleAnswer rules = RuleAnswer.NONE;

    Views state(DeviceState wanted) {
        this.state = wanted;
        return this;
    }

    Views requireApproval() {
        this.requireApproval = true;
        return this;
    }

    Views rules(RuleAnswer.Effect effect) {
        this.rules = RuleAnswer.of(effect, "night", "too late");
        return this;
    }

    Views sources(String... blocks) {
        this.sources = List.of(blocks);
        return this;
    }

    Views listed(String... blocks) {
        this.listed = List.of(blocks);
        return this;
    }

    Views tags(String... wanted) {
        this.tags = Set.of(wanted);
        return this;
    }

    Views lockdown(String... covered) {
        lockdowns.add(new Lockdown("l", new TreeSet<>(Set.of(covered)), "r", "a", NOW, 1));
        return this;
    }

    Views deny(String source, Instant until) {
        denies.add(new TemporaryDeny("t", "d", source(source), until, "c", 1));
        return this;
    }

    Views allowance(Allowance wanted) {
        allowances.add(wanted);
        return this;
    }

    /** An allowance for any source, created a minute ago, valid for an hour. */
    static Allowance allowance(String id, AllowanceSkip... skips) {
        return new Allowance(
                id,
                "d",
                1,
                1,
                new TreeSet<>(Arrays.asList(skips)),
                Optional.empty(),
                true,
                "a",
                NOW.minusSeconds(60),
                NOW.plusSeconds(3600));
    }

    static Allowance lasting(Allowance like, Instant created, Instant expires) {
        return new Allowance(
                like.id(),
                "d",
                1,
                like.usesLeft(),
                like.skips(),
                like.source(),
                like.anySource(),
                "a",
                created,
                expires);
    }

    static Allowance from(Allowance like, String block) {
        return new Allowance(
                like.id(),
                "d",
                1,
                like.usesLeft(),
                like.skips(),
                Optional.of(Cidr.parse(block)),
                false,
                "a",
                like.created(),
                like.expires());
    }

    static Allowance used(Allowance like) {
        return new Allowance(
                like.id(), "d", 1, 0, like.skips(), like.source(), true, "a", like.created(), like.expires());
    }

    static Optional<IpAddress> source(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(IpAddress.parse(text));
    }

    PolicyView build() {
        Device device = new Device(
                "d",
                "name",
                "token",
                state,
                1,
                new TreeSet<>(tags),
                sources.stream()
                        .map(block -> new SourceRule(Cidr.parse(block), false))
                        .toList(),
                new TreeSet<>(),
                requireApproval,
                false,
                "",
                Curve.P_256,
                Optional.empty(),
                List.of(),
                NOW,
                1);
        return new PolicyView(
                device,
                listed.stream().map(Cidr::parse).toList(),
                lockdowns,
                denies,
                allowances,
                ApprovalPolicy.of(device, List.of(), Map.of(), Set.of()),
                List.of(),
                Duration.ofMinutes(10));
    }

    Decision decide(String source) {
        return DecisionMaker.decide(build(), new Attempt(true, source(source), rules), NOW);
    }

    Decision decideUnknownKey(String source) {
        return DecisionMaker.decide(build(), new Attempt(false, source(source), rules), NOW);
    }
}
