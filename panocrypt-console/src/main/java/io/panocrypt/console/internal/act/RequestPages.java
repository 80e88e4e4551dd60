package io.panocrypt.console.internal.act;

import io.panocrypt.console.internal.page.InboxView;
import io.panocrypt.console.internal.page.RequestView;
import io.panocrypt.console.internal.web.ConsoleException;
import io.panocrypt.console.internal.web.Form;
import io.panocrypt.console.internal.web.Visit;
import io.panocrypt.policy.Approvals;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.ApprovalRequest.Verdict;
import io.panocrypt.policy.model.ApprovalRequest.Vote;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.OperationException.Kind;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.net.IpAddress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The requests that wait, the page of one, and the decisions about it. */
final class RequestPages {
    static final String FOLDER = "requests";

    /** Says that the list is wanted although a single request waits. */
    private static final String LIST = "list";

    private static final String CHANGED = "changed";
    private static final String WARNED = "warned";
    private static final int MAX_WAITING = 50;
    private static final int MAX_DECIDED = 20;

    private final Panocrypt panocrypt;
    private final Approvals approvals;
    private final Renderer renderer;

    RequestPages(Panocrypt panocrypt, Renderer renderer) {
        this.panocrypt = panocrypt;
        this.approvals = panocrypt.approvals();
        this.renderer = renderer;
    }

    void list(Visit visit) throws IOException {
        Page<ApprovalRequest> waiting = approvals.list(State.PENDING, null, MAX_WAITING);
        if (waiting.items().size() == 1 && !LIST.equals(visit.request().getQueryString())) {
            visit.goTo(FOLDER + "/" + waiting.items().get(0).id());
            return;
        }
        RequestViews views = new RequestViews(panocrypt, visit.signedIn());
        renderer.requests(
                visit,
                new InboxView(
                        waiting.items().stream().map(views::card).toList(),
                        waiting.nextCursor().isPresent(),
                        approvals.newest(MAX_DECIDED + MAX_WAITING).stream()
                                .filter(request -> approvals.state(request) != State.PENDING)
                                .limit(MAX_DECIDED)
                                .map(views::card)
                                .toList()));
    }

    void show(Visit visit, String id) throws IOException {
        ApprovalRequest request = approvals.get(id);
        String query = visit.request().getQueryString();
        Optional<String> note = Optional.ofNullable(query)
                .filter(Set.of("note=" + CHANGED, "note=" + WARNED)::contains)
                .map(found -> found.substring("note=".length()));
        renderer.request(visit, new RequestViews(panocrypt, visit.signedIn()).full(request), note);
    }

    /** Takes a vote on what the page showed. */
    void decide(Visit visit, String id, Verdict verdict, Form form) {
        Member voter = visit.signedIn();
        long seen = form.number("version");
        String comment = form.text("comment").strip();
        String page = FOLDER + "/" + id;
        if (verdict == Verdict.APPROVE && !hasSeenWarnings(voter, id, form)) {
            visit.goTo(page + "?note=" + WARNED);
            return;
        }
        try {
            switch (verdict) {
                case APPROVE -> approvals.approve(voter, id, seen, comment, sources(form));
                case DENY ->
                    approvals.deny(voter, id, seen, comment, form.text("scope").equals("device"));
                case DEFER -> approvals.defer(voter, id, seen, comment);
            }
            visit.goTo(page);
        } catch (OperationException e) {
            if (e.kind() != Kind.STALE && e.kind() != Kind.CONFLICT) {
                throw e;
            }
            // A second press of the same button finds its own vote, and is answered as the first one was.
            boolean isRepeated = approvals
                    .get(id)
                    .voteOf(voter.id())
                    .map(Vote::verdict)
                    .filter(verdict::equals)
                    .isPresent();
            visit.goTo(isRepeated ? page : page + "?note=" + CHANGED);
        }
    }

    /** Whether the page showed all warnings that there are by now. */
    private boolean hasSeenWarnings(Member voter, String id, Form form) {
        Set<String> shown = Set.of(form.text("seen").split(","));
        return new RequestViews(panocrypt, voter)
                .full(approvals.get(id)).warnings().stream()
                        .map(RequestView.Warning::name)
                        .allMatch(shown::contains);
    }

    private static List<IpAddress> sources(Form form) {
        try {
            return form.all("source").stream().map(IpAddress::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new ConsoleException(400, "form");
        }
    }
}
