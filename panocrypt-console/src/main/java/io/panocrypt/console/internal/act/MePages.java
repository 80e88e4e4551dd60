package io.panocrypt.console.internal.act;

import io.panocrypt.console.internal.page.SessionView;
import io.panocrypt.console.internal.web.Visit;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Session;
import java.io.IOException;

/** The member's own page: who it is, and where it is signed in. */
final class MePages {
    static final String PATH = "me";

    private final Panocrypt panocrypt;
    private final Renderer renderer;

    MePages(Panocrypt panocrypt, Renderer renderer) {
        this.panocrypt = panocrypt;
        this.renderer = renderer;
    }

    void show(Visit visit) throws IOException {
        String current = visit.session().map(Session::id).orElse("");
        renderer.me(
                visit,
                panocrypt.sessions().list(visit.signedIn()).stream()
                        .map(session -> new SessionView(session, session.id().equals(current)))
                        .toList());
    }

    void endSession(Visit visit, String id) {
        panocrypt.sessions().end(visit.signedIn(), id);
        visit.goTo(PATH);
    }
}
