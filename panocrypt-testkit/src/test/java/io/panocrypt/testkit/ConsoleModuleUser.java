package io.panocrypt.testkit;

import io.panocrypt.console.ConsoleServlet;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.store.memory.MemoryStore;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/** A program that shows the console's sign-in page on the module path. Prints the module of the console. */
final class ConsoleModuleUser {
    private ConsoleModuleUser() {}

    /** Argument: the path of the new master key. */
    public static void main(String[] arguments) throws Exception {
        try (MasterKey master = MasterKey.create(Path.of(arguments[0]), new SecureRandom());
                Panocrypt panocrypt = Panocrypt.builder()
                        .store(new MemoryStore(InstantSource.system(), "node-1"))
                        .custody(SealedKeyCustody.of(master))
                        .publicUrl(URI.create("http://192.0.2.1"))
                        .checkpointInterval(Duration.ZERO)
                        .build()) {
            Page page = new Page();
            HttpServletMapping mapping = answering(HttpServletMapping.class, Map.of("getPattern", "/console/*"));
            new ConsoleServlet(panocrypt)
                    .service(
                            answering(
                                    HttpServletRequest.class,
                                    Map.of(
                                            "getMethod", "GET",
                                            "getRequestURI", "/console/sign-in",
                                            "getContextPath", "",
                                            "getServletPath", "/console",
                                            "getHttpServletMapping", mapping,
                                            "isSecure", true)),
                            answering(
                                    HttpServletResponse.class, Map.of("getOutputStream", page, "isCommitted", false)));
            if (page.text().contains("<h1>Sign in</h1>")) {
                System.out.println(ConsoleServlet.class.getModule());
            } else {
                System.err.println(page.text());
            }
        }
    }

    /** An object whose named methods answer so, and whose others answer nothing. */
    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                ConsoleModuleUser.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, values) -> answers.get(method.getName())));
    }

    /** Keeps what is written. */
    private static final class Page extends ServletOutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        @Override
        public void write(int b) {
            bytes.write(b);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException();
        }
    }
}
