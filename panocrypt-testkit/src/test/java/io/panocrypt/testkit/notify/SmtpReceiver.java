package io.panocrypt.testkit.notify;

import io.panocrypt.testkit.notify.NotifierFixture.Behaviour;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A small SMTP server on loopback (RFC 5321) with configurable answers. It keeps accepted messages. */
final class SmtpReceiver implements Closeable {
    /** How the server offers TLS. */
    enum Mode {
        PLAIN,
        STARTTLS,
        TLS
    }

    /**
     * An accepted message.
     *
     * @param login user and password, NUL between them; empty without one
     * @param secure whether it came over TLS
     */
    record Taken(String from, List<String> to, String login, boolean secure, byte[] content) {}

    private final Mode mode;
    private final @Nullable SSLContext tls;
    private final Listener listener;
    private final AtomicReference<Behaviour> behaviour = new AtomicReference<>(Behaviour.TAKES);
    /** Overrides of answers by command; "" is the greeting and "." the end of a message. */
    private final Map<String, String> answers = new ConcurrentHashMap<>();

    private final List<String> hellos = new CopyOnWriteArrayList<>();
    private final List<Taken> taken = new CopyOnWriteArrayList<>();

    SmtpReceiver(Mode mode, @Nullable SSLContext tls) throws IOException {
        this.mode = mode;
        this.tls = tls;
        this.listener = new Listener(socket -> new Conversation(socket).hold());
    }

    int port() {
        return listener.port();
    }

    List<Taken> taken() {
        return List.copyOf(taken);
    }

    /** The names that clients used in their greetings. */
    List<String> hellos() {
        return List.copyOf(hellos);
    }

    /**
     * Sets the answer to a command; an answer that begins with 421 ends the connection.
     *
     * @param command such as RCPT; "" is the greeting, "." the end of a message
     */
    void answer(String command, String line) {
        answers.put(command, line);
    }

    void behave(Behaviour wanted) throws IOException {
        behaviour.set(wanted);
        answers.clear();
        switch (wanted) {
            case IS_BUSY -> answer("RCPT", "450 4.2.1 come back later");
            case REFUSES -> answer("RCPT", "554 5.7.1 no mail from you");
            case IS_GONE -> answer("RCPT", "550 5.1.1 no such user here");
            case FAILS -> answer(".", "451 4.3.0 a fault of ours");
            case REFUSES_SENDER -> answer("EHLO", "554 5.7.1 you are not welcome");
            default -> answers.remove("");
        }
        if (wanted == Behaviour.IS_AWAY) {
            listener.leave();
        } else {
            listener.comeBack();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    /** One connection. */
    private final class Conversation {
        private Socket socket;
        private InputStream in;
        private boolean secure;
        private String login = "";
        private String from = "";
        private final List<String> to = new ArrayList<>();

        Conversation(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
        }

        void hold() throws IOException {
            if (mode == Mode.TLS) {
                secure();
            }
            sendOr("", "220 receiver.test ESMTP");
            for (String line = line(); !line.equals("QUIT"); line = line()) {
                answer(line);
            }
            say("221 bye");
        }

        private void answer(String line) throws IOException {
            String verb = line.toUpperCase(Locale.ROOT);
            if (verb.startsWith("EHLO")) {
                hellos.add(line.substring(5));
                hello();
            } else if (verb.equals("STARTTLS")) {
                if (sendOr("STARTTLS", "220 go")) {
                    secure();
                }
            } else if (verb.startsWith("AUTH PLAIN ")) {
                byte[] plain = Base64.getDecoder().decode(line.substring(11));
                // An authorization identity may precede the login (RFC 4616).
                login = new String(plain, StandardCharsets.UTF_8).split("\0", 2)[1];
                sendOr("AUTH", login.endsWith("wrong") ? "535 5.7.8 no" : "235 in");
            } else if (verb.startsWith("MAIL FROM:")) {
                from = path(line);
                sendOr("MAIL", from.startsWith("nobody") ? "550 5.7.1 not you" : "250 ok");
            } else if (verb.startsWith("RCPT TO:")) {
                to.add(path(line));
                sendOr("RCPT", "250 ok");
            } else if (verb.equals("DATA")) {
                data();
            } else {
                say(verb.equals("RSET") ? "250 ok" : "502 what?");
            }
        }

        private void hello() throws IOException {
            boolean upgradable = mode == Mode.STARTTLS && !secure;
            sendOr(
                    secure && mode == Mode.STARTTLS ? "EHLO over TLS" : "EHLO",
                    "250-receiver.test\r\n" + (upgradable ? "250-STARTTLS\r\n" : "250-AUTH PLAIN\r\n")
                            + "250 8BITMIME");
        }

        private void data() throws IOException {
            if (!sendOr("DATA", "354 go")) {
                return;
            }
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            for (String line = line(); !line.equals("."); line = line()) {
                String plain = line.startsWith(".") ? line.substring(1) : line;
                content.writeBytes((plain + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            }
            if (behaviour.get() == Behaviour.CUTS_OFF) {
                throw new EOFException("as told");
            }
            if (behaviour.get() == Behaviour.HANGS) {
                while (in.read() >= 0) {
                    // Waits until the other end has given up.
                }
                throw new EOFException();
            }
            if (answers.getOrDefault(".", "250").startsWith("2")) {
                taken.add(new Taken(from, List.copyOf(to), login, secure, content.toByteArray()));
            }
            sendOr(".", "250 taken");
        }

        private void secure() throws IOException {
            if (tls == null) {
                throw new IOException("no certificate");
            }
            SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, true);
            secured.setUseClientMode(false);
            socket = secured;
            in = new BufferedInputStream(secured.getInputStream());
            secure = true;
        }

        private String path(String line) {
            return line.substring(line.indexOf('<') + 1, line.indexOf('>'));
        }

        /** Sends the configured answer, else the usual one; returns whether it was the usual one. */
        private boolean sendOr(String command, String usual) throws IOException {
            String answer = answers.getOrDefault(command, usual);
            say(answer);
            if (answer.startsWith("421")) {
                throw new EOFException("closed after 421");
            }
            return answer.equals(usual);
        }

        private void say(String line) throws IOException {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
        }

        /** Only CR LF ends a line. */
        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            while (true) {
                int next = in.read();
                if (next < 0) {
                    throw new EOFException();
                }
                if (next == '\n' && !line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
                    return line.substring(0, line.length() - 1);
                }
                line.append((char) next);
            }
        }
    }
}
