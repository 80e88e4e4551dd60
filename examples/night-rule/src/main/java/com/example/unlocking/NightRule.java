package com.example.unlocking;

import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import java.time.ZoneId;

/** Refuses at night, when nobody is there to see a machine start. */
public final class NightRule implements UnlockRule {
    private static final ZoneId ZONE = ZoneId.of("Europe/Istanbul");

    @Override
    public String name() {
        return "night";
    }

    @Override
    public Verdict evaluate(RuleInput input) {
        int hour = input.time().atZone(ZONE).getHour();
        return hour < 7 || hour >= 20 ? Verdict.deny("nobody is in the office") : Verdict.abstain();
    }
}
