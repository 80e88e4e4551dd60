package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Contact;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.history.AuditRecord;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContactsTest {
    @ParameterizedTest
    @CsvSource({
        "ntfy://ntfy.example/on-call-7f3a, ntfy://ntfy.example",
        "ntfy://ntfy.example:8443/on-call?secure=false, ntfy://ntfy.example",
        "https://hooks.example/T0/B0?key=1, https://hooks.example",
        "mailto:alice@example.org, mailto:...@example.org",
        "log:night-shift, log:...",
        "https://under_score.example/@path, https:...",
        "not a uri, contact:...",
        "https://user:secret@hooks.example/x, https://hooks.example",
    })
    void showsTheSchemeAndTheHostOnly(String contact, String shown) {
        assertEquals(shown, Contact.hostOnly(contact));
    }

    @Test
    void keepsWhatIsASecretAsItWasShown() {
        String push = "webpush://push.example/path?x#key.auth";
        assertEquals(Contact.shown(push), Contact.hostOnly(push));
        assertFalse(Contact.hostOnly(push).contains("path"));
    }

    @Test
    void areNumberedInTheAuditSoThatAChangeIsSeen() {
        try (TestPeople household = new TestPeople()) {
            Members members = household.service.members();
            Member vera = members.create(
                            TestService.OPERATOR,
                            new MemberChange(
                                    "vera", null, List.of("ntfy://ntfy.example/one", "ntfy://ntfy.example/two")),
                            null)
                    .member();
            members.edit(
                    TestService.OPERATOR,
                    vera.id(),
                    1,
                    new MemberChange(null, null, List.of("ntfy://ntfy.example/two", "ntfy://ntfy.example/three")));
            AuditRecord row = household.service.history().audit(null, 1).items().get(0);
            assertTrue(row.before().contains("[\"ntfy://ntfy.example #1\",\"ntfy://ntfy.example #2\"]"), row.before());
            assertTrue(row.after().contains("[\"ntfy://ntfy.example #2\",\"ntfy://ntfy.example #3\"]"), row.after());
        }
    }
}
