package io.panocrypt.policy.internal.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.DeviceState;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Compares decisions with a model that evaluates each gate, once for each allowance, on numbers and texts. */
class DecisionModelTest {
    private static final int VIEWS = 20_000;
    private static final String[] ADDRESSES = {"", "10.0.0.1", "10.0.0.2", "::ffff:10.0.0.1", "192.0.2.1", "2001:db8::1"
    };
    private static final String[] BLOCKS = {
        "10.0.0.0/30", "10.0.0.2", "::ffff:10.0.0.0/127", "0.0.0.0/0", "2001:db8::/32"
    };
    private static final String[] TAGS = {"a", "b", "c"};
    private static final long[] EDGES = {-3_600_000, -2001, -2000, -1999, -1, 0, 1, 1999, 2000, 2001, 3_600_000};

    @Test
    void decidesAsTheModelDoes() throws UnknownHostException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        TreeSet<String> seen = new TreeSet<>();
        for (int i = 0; i < VIEWS; i++) {
            Views views = random(random);
            String source = pick(random, ADDRESSES);
            boolean keyKnown = random.nextInt(20) > 0;
            Decision decision = keyKnown ? views.decide(source) : views.decideUnknownKey(source);
            String expected = model(views, source, keyKnown);
            String actual = decision.reason()
                    + decision.spends().map(spent -> " " + spent.id()).orElse("");
            assertEquals(expected, actual, "view " + i + " of seed " + seed + ": " + views.build() + " from " + source);
            seen.add(decision.reason().name());
        }
        assertEquals(
                "[ALLOWED, ALLOWED_ONCE, DISABLED, LOCKDOWN, NO_APPROVER, PENDING_CONFIRMATION, REVOKED,"
                        + " RULE, RULE_FAILED, SOURCE_NOT_ALLOWED, TEMPORARY_DENY, UNKNOWN_KEY]",
                seen.toString(),
                "seed " + seed);
    }

    private static Views random(Random random) {
        Views views = new Views();
        int state = random.nextInt(20);
        views.state(
                state < 10
                        ? DeviceState.ACTIVE
                        : state < 17 ? DeviceState.DISABLED : state < 19 ? DeviceState.PENDING : DeviceState.REVOKED);
        views.sources(some(random, BLOCKS, 2));
        views.listed(some(random, BLOCKS, 1));
        views.tags(some(random, TAGS, 3));
        if (random.nextInt(5) == 0) {
            views.requireApproval();
        }
        if (random.nextInt(3) == 0) {
            views.rules(RuleAnswer.Effect.values()[random.nextInt(RuleAnswer.Effect.values().length)]);
        }
        if (random.nextInt(8) == 0) {
            views.lockdown(some(random, TAGS, 2));
        }
        if (random.nextInt(4) == 0) {
            views.deny(pick(random, ADDRESSES), Views.NOW.plusMillis(EDGES[random.nextInt(EDGES.length)]));
        }
        for (int n = random.nextInt(4); n > 0; n--) {
            views.allowance(randomAllowance(random, "grant-" + n));
        }
        return views;
    }

    private static Allowance randomAllowance(Random random, String id) {
        List<AllowanceSkip> skips = new ArrayList<>();
        for (AllowanceSkip skip : AllowanceSkip.values()) {
            if (random.nextBoolean()) {
                skips.add(skip);
            }
        }
        Allowance made = Views.allowance(id, skips.toArray(AllowanceSkip[]::new));
        if (random.nextInt(3) == 0) {
            made = Views.from(made, pick(random, BLOCKS));
        }
        Instant created = Views.NOW.plusMillis(EDGES[random.nextInt(EDGES.length)]);
        made = Views.lasting(made, created, Views.NOW.plusMillis(EDGES[random.nextInt(EDGES.length)]));
        return random.nextInt(6) == 0 ? Views.used(made) : made;
    }

    private static String pick(Random random, String[] from) {
        return from[random.nextInt(from.length)];
    }

    private static String[] some(Random random, String[] from, int most) {
        Set<String> picked = new TreeSet<>();
        for (int n = random.nextInt(most + 1); n > 0; n--) {
            picked.add(pick(random, from));
        }
        return picked.toArray(String[]::new);
    }

    /** Tries no allowance and then each one, and keeps the best; gates are numbered as in the contract. */
    private static String model(Views views, String source, boolean keyKnown) throws UnknownHostException {
        String best = "";
        Allowance winner = null;
        int furthest = 0;
        for (int i = -1; i < views.allowances.size(); i++) {
            Allowance one = i < 0 ? null : views.allowances.get(i);
            if (one != null && !usable(one, source)) {
                continue;
            }
            String verdict = firstFailure(views, source, keyKnown, one);
            if (verdict.isEmpty() && one != null && (winner == null || sooner(one, winner))) {
                winner = one;
            }
            int reached = verdict.isEmpty() ? 9 : verdict.charAt(0) - '0';
            if (reached > furthest) {
                furthest = reached;
                best = verdict.isEmpty() ? "" : verdict.substring(2);
            }
        }
        if (winner != null) {
            return "ALLOWED_ONCE " + winner.id();
        }
        return best.isEmpty() ? "ALLOWED" : best;
    }

    private static boolean usable(Allowance one, String source) throws UnknownHostException {
        long age = Views.NOW.toEpochMilli() - one.created().toEpochMilli();
        boolean open = age >= -2000 && Views.NOW.toEpochMilli() < one.expires().toEpochMilli();
        return open
                && one.usesLeft() > 0
                && (one.source().isEmpty() || inside(source, one.source().get().toString()));
    }

    private static boolean sooner(Allowance one, Allowance other) {
        long[] left = {one.expires().toEpochMilli(), one.created().toEpochMilli()};
        long[] right = {other.expires().toEpochMilli(), other.created().toEpochMilli()};
        int order = java.util.Arrays.compare(left, right);
        return order < 0 || order == 0 && one.id().compareTo(other.id()) < 0;
    }

    private static String firstFailure(Views views, String source, boolean keyKnown, Allowance one)
            throws UnknownHostException {
        String skips = one == null ? "" : one.skips().toString();
        if (views.state == DeviceState.REVOKED) {
            return "1 REVOKED";
        }
        if (!keyKnown) {
            return "1 UNKNOWN_KEY";
        }
        for (var lockdown : views.lockdowns) {
            if (lockdown.tags().stream().filter(views.tags::contains).count()
                    == lockdown.tags().size()) {
                return "2 LOCKDOWN";
            }
        }
        for (var deny : views.denies) {
            boolean hits = deny.source().isEmpty()
                    || source.isEmpty()
                    || inside(source, deny.source().get().toString());
            boolean lasts = deny.until().toEpochMilli() - Views.NOW.toEpochMilli() > 0;
            if (hits && lasts && !skips.contains("TEMPORARY_DENY")) {
                return "3 TEMPORARY_DENY";
            }
        }
        if (views.state == DeviceState.PENDING) {
            return "4 PENDING_CONFIRMATION";
        }
        if (views.state == DeviceState.DISABLED && !skips.contains("DISABLED")) {
            return "4 DISABLED";
        }
        boolean admitted = false;
        for (String block : views.sources) {
            admitted |= inside(source, block);
        }
        for (String block : views.listed) {
            admitted |= inside(source, block);
        }
        if (!admitted && !skips.contains("SOURCE")) {
            return "5 SOURCE_NOT_ALLOWED";
        }
        String rules = skips.contains("RULE") ? "" : views.rules.effect().name();
        if (rules.equals("DENY")) {
            return "6 RULE";
        }
        if (rules.equals("FAIL")) {
            return "6 RULE_FAILED";
        }
        boolean needed = views.requireApproval || rules.equals("ASK");
        return needed && !skips.contains("APPROVAL") ? "7 NO_APPROVER" : "";
    }

    /** Compares by shifting numbers, because the JDK converts mapped addresses to IPv4. */
    private static boolean inside(String address, String block) throws UnknownHostException {
        if (address.isEmpty()) {
            return false;
        }
        String[] parts = block.split("/");
        byte[] network = InetAddress.getByName(parts[0]).getAddress();
        byte[] asking = InetAddress.getByName(address).getAddress();
        if (network.length != asking.length) {
            return false;
        }
        int bits = 8 * network.length;
        int prefix = parts.length == 1 ? bits : Integer.parseInt(parts[1]);
        if (parts[0].contains("ffff:")) {
            prefix -= parts.length == 1 ? 0 : 96;
        }
        return new BigInteger(1, network)
                .shiftRight(bits - prefix)
                .equals(new BigInteger(1, asking).shiftRight(bits - prefix));
    }
}
