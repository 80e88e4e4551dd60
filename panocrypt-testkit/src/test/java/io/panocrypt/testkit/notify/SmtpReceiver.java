package io.panocrypt.testkit.notify;

import io.panocrypt.testkit.NotifierFixture.Behaviour;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A small SMTP server on loopback (RFC 5321) that behaves as it is told and keeps what it took. */
final class SmtpReceiver implements Closeable {
    /** How it offers TLS. */
    enum Mode {
        PLAIN,
        STARTTLS,
        TLS
    }

    /**
     * A message as it came.
     *
     * @param login user and password, NUL between them; empty without one
     * @param secure whether it came over TLS
     */
    record Taken(String from, List<String> to, String login, boolean secure, byte[] content) {}

    private final Mode mode;
    private final @Nullable SSLContext tls;
    private final Listener listener;
    private final AtomicReference<Behaviour> behaviour = new AtomicReference<>(Behaviour.TAKES);
    private final AtomicReference<String> recipientAnswer = new AtomicReference<>("250 ok");
    private final AtomicReference<String> dataAnswer = new AtomicReference<>("250 taken");
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

    /** Answers RCPT like this from now on. */
    void answerRecipient(String line) {
        recipientAnswer.set(line);
    }

    /** Answers a whole message like this from now on. */
    void answerMessage(String line) {
        dataAnswer.set(line);
    }

    void behave(Behaviour wanted) throws IOException {
        behaviour.set(wanted);
        answerRecipient(
                switch (wanted) {
                    case IS_BUSY -> "450 4.2.1 come back later";
                    case REFUSES -> "554 5.7.1 no mail from you";
                    case IS_GONE -> "550 5.1.1 no such user here";
                    default -> "250 ok";
                });
        answerMessage(wanted == Behaviour.FAILS ? "451 4.3.0 a fault of ours" : "250 taken");
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
            say("220 receiver.test ESMTP");
            for (String line = line(); !line.equals("QUIT"); line = line()) {
                answer(line);
            }
            say("221 bye");
        }

        private void answer(String line) throws IOException {
            String verb = line.toUpperCase(Locale.ROOT);
            if (verb.startsWith("EHLO")) {
                hello();
            } else if (verb.equals("STARTTLS")) {
                say("220 go");
                secure();
            } else if (verb.startsWith("AUTH PLAIN ")) {
                byte[] plain = Base64.getDecoder().decode(line.substring(11));
                // An identity to act as may stand before the login (RFC 4616).
                login = new String(plain, StandardCharsets.UTF_8).split("\0", 2)[1];
                say(login.endsWith("wrong") ? "535 5.7.8 no" : "235 in");
            } else if (verb.startsWith("MAIL FROM:")) {
                from = path(line);
                say(from.startsWith("nobody") ? "550 5.7.1 not you" : "250 ok");
            } else if (verb.startsWith("RCPT TO:")) {
                to.add(path(line));
                say(recipientAnswer.get());
            } else if (verb.equals("DATA")) {
                data();
            } else {
                say(verb.equals("RSET") ? "250 ok" : "502 what?");
            }
        }

        private void hello() throws IOException {
            boolean upgradable = mode == Mode.STARTTLS && !secure;
            say("250-receiver.test\r\n" + (upgradable ? "250-STARTTLS\r\n" : "250-AUTH PLAIN\r\n") + "250 8BITMIME");
        }

        private void data() throws IOException {
            say("354 go");
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
                    // Waits until the other end gives up.
                }
                throw new EOFException();
            }
            String answer = dataAnswer.get();
            if (answer.startsWith("2")) {
                taken.add(new Taken(from, List.copyOf(to), login, secure, content.toByteArray()));
            }
            say(answer);
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
