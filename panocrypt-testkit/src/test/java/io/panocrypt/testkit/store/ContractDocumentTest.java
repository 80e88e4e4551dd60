package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.testkit.RuleMethod;
import io.panocrypt.testkit.RulePage;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The page about the contract of a store lists exactly the checked rules. */
class ContractDocumentTest {
    @Test
    void explainsEachRuleOnce() throws IOException {
        assertEquals(checked(), RulePage.explained("store-contract.md"));
    }

    /** The rules of the contract. */
    static Set<String> checked() {
        return RuleMethod.rulesOf(StoreContract.class);
    }
}
