package io.panocrypt.console.internal.act;

import gg.jte.TemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import io.panocrypt.console.internal.page.ErrorView;
import io.panocrypt.console.internal.page.InboxView;
import io.panocrypt.console.internal.page.Page;
import io.panocrypt.console.internal.page.RequestView;
import io.panocrypt.console.internal.page.SessionView;
import io.panocrypt.console.internal.page.SignInView;
import io.panocrypt.console.internal.page.Texts;
import io.panocrypt.console.internal.template.JteerrorGenerated;
import io.panocrypt.console.internal.template.JtemeGenerated;
import io.panocrypt.console.internal.template.JterequestGenerated;
import io.panocrypt.console.internal.template.JterequestsGenerated;
import io.panocrypt.console.internal.template.JtesignInGenerated;
import io.panocrypt.console.internal.web.Assets;
import io.panocrypt.console.internal.web.FormToken;
import io.panocrypt.console.internal.web.Visit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Writes pages by the templates. Thread-safe. */
final class Renderer {
    private final Texts texts = new Texts();
    private final Assets assets;
    private final String instance;
    private final InstantSource clock;

    Renderer(Assets assets, String instance, InstantSource clock) {
        this.assets = assets;
        this.instance = instance;
        this.clock = clock;
    }

    /** Writes a page's content. */
    private interface Template {
        void render(gg.jte.html.HtmlTemplateOutput out, Page page);
    }

    Texts texts() {
        return texts;
    }

    void signIn(Visit visit, int status, SignInView view) throws IOException {
        send(
                visit,
                status,
                page(visit, "signIn.title", 0),
                (out, page) -> JtesignInGenerated.render(out, null, page, view));
    }

    void requests(Visit visit, InboxView view) throws IOException {
        int waiting = view.waiting().size();
        send(
                visit,
                200,
                page(visit, "requests.title", waiting),
                (out, page) -> JterequestsGenerated.render(out, null, page, view));
    }

    void request(Visit visit, RequestView view, Optional<String> note) throws IOException {
        Page page = titled(visit, view.name(), 0);
        send(visit, 200, page, (out, shown) -> JterequestGenerated.render(out, null, shown, view, note));
    }

    void me(Visit visit, List<SessionView> sessions) throws IOException {
        send(visit, 200, page(visit, "me.title", 0), (out, page) -> JtemeGenerated.render(out, null, page, sessions));
    }

    void error(Visit visit, int status, ErrorView view) throws IOException {
        send(
                visit,
                status,
                titled(visit, view.headline(), 0),
                (out, page) -> JteerrorGenerated.render(out, null, page, view));
    }

    private Page page(Visit visit, String title, int waiting) {
        return titled(visit, texts.get(title), waiting);
    }

    private Page titled(Visit visit, String title, int waiting) {
        return new Page(
                texts,
                visit.root(),
                visit.path(),
                title,
                instance,
                visit.member(),
                visit.session().isPresent(),
                waiting,
                FormToken.of(visit.secret()),
                assets.path("console.css"),
                assets.path("icon.svg"),
                clock.instant());
    }

    private static void send(Visit visit, int status, Page page, Template template) throws IOException {
        TemplateOutput text = new StringOutput();
        template.render(new OwaspHtmlTemplateOutput(text), page);
        byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
        visit.response().setStatus(status);
        visit.response().setContentType("text/html; charset=utf-8");
        visit.response().setContentLength(body.length);
        visit.response().getOutputStream().write(body);
        visit.response().getOutputStream().close();
    }
}
