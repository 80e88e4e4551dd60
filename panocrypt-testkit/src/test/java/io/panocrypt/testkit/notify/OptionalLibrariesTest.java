package io.panocrypt.testkit.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.tang.JcaJwsSigner;
import io.panocrypt.policy.notify.MailNotifier;
import io.panocrypt.policy.notify.MailServer;
import io.panocrypt.policy.notify.NtfyNotifier;
import io.panocrypt.policy.notify.NtfyTokens;
import io.panocrypt.policy.notify.OutboundHttp;
import io.panocrypt.policy.notify.TargetPolicy;
import io.panocrypt.policy.notify.WebPushNotifier;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The libraries for mail and web push are needed only for these channels; an error names the missing one. */
class OptionalLibrariesTest {
    private static final List<String> OPTIONAL = List.of("angus-mail", "jakarta.mail-api", "zerodep-web-push-java");

    /** Runs without the libraries. */
    public static final class MakesMail implements Supplier<Set<String>> {
        @Override
        public Set<String> get() {
            return new MailNotifier(MailServer.of("localhost", 25, MailServer.Security.TLS, "panocrypt@example.net"))
                    .schemes();
        }
    }

    /** Runs without the libraries. */
    public static final class MakesWebPush implements Supplier<Set<String>> {
        @Override
        public Set<String> get() {
            return new WebPushNotifier(
                            new OutboundHttp(TargetPolicy.allowing(List.of())),
                            new JcaJwsSigner(
                                    new JcaEngine(new SecureRandom()).generate(Curve.P_256), new SecureRandom()),
                            URI.create("mailto:ops@panocrypt.example"),
                            InstantSource.system())
                    .schemes();
        }
    }

    /** Runs without the libraries. */
    public static final class MakesNtfy implements Supplier<Set<String>> {
        @Override
        public Set<String> get() {
            return new NtfyNotifier(
                            new OutboundHttp(TargetPolicy.allowing(List.of())),
                            NtfyTokens.none(),
                            InstantSource.system())
                    .schemes();
        }
    }

    @Test
    void areNamedWhereTheyAreMissing() {
        assertTrue(missing(MakesMail.class).contains("org.eclipse.angus:angus-mail"));
        assertTrue(missing(MakesWebPush.class).contains("com.zerodeplibs:zerodep-web-push-java"));
    }

    @Test
    void areNotNeededByOtherChannels() throws Exception {
        assertEquals(Set.of("ntfy"), withoutLibraries(MakesNtfy.class));
    }

    private static String missing(Class<? extends Supplier<Set<String>>> work) {
        return assertThrows(IllegalStateException.class, () -> withoutLibraries(work))
                .getMessage();
    }

    private static Object withoutLibraries(Class<? extends Supplier<Set<String>>> work)
            throws IOException, ReflectiveOperationException {
        try (URLClassLoader poor = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            Object there = poor.loadClass(work.getName()).getConstructor().newInstance();
            return ((Supplier<?>) there).get();
        }
    }

    private static URL[] classPath() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (OPTIONAL.stream().noneMatch(path.getFileName().toString()::startsWith)) {
                urls.add(path.toUri().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }
}
