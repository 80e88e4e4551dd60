package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.Members;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends a token after its call was authenticated, and before the call's effect is committed. */
class EndedTokenApiTest {
    private static final String INCIDENT = "{\"reason\":\"incident\"}";

    @TempDir
    Path directory;

    private ApiServer server;
    private Members members;
    private Members.Issued mallory;

    @BeforeEach
    void open() throws Exception {
        server = new ApiServer(directory);
        members = server.panocrypt().members();
        mallory = server.member("mallory", Role.ADMIN);
    }

    @AfterEach
    void close() throws Exception {
        server.stop();
    }

    private ApiServer.Answer start() throws Exception {
        return server.callAs(mallory.token(), "POST", "/lockdowns", INCIDENT);
    }

    private void assertRefused(int status, ApiServer.Answer answer) throws Exception {
        assertEquals(status, answer.status());
        assertEquals(
                status == 401 ? "Bearer" : "",
                answer.response().headers().firstValue("WWW-Authenticate").orElse(""));
        assertTrue(server.get("/lockdowns").json().path("items").isEmpty());
    }

    @Test
    void isRefusedWhereItsMemberIsRemoved() throws Exception {
        Member member = mallory.member();
        server.beforeNextEdit(() -> members.delete(Actor.HOST, member.id()));
        assertRefused(401, start());
    }

    @Test
    void isRefusedWhereItIsRotated() throws Exception {
        Member member = mallory.member();
        server.beforeNextEdit(() -> members.rotateToken(Actor.HOST, member.id(), null));
        assertRefused(401, start());
    }

    @Test
    void isRefusedWhereItsRoleIsLowered() throws Exception {
        Member member = mallory.member();
        server.beforeNextEdit(
                () -> members.edit(Actor.HOST, member.id(), 1, new MemberChange(null, Role.VIEWER, null)));
        assertRefused(403, start());
    }

    @Test
    void isHeldUpByNoContact() throws Exception {
        Member member = mallory.member();
        server.beforeNextEdit(() -> members.addContact(Actor.HOST, member.id(), "mailto:m@example.org"));
        assertEquals(201, start().status());
    }
}
