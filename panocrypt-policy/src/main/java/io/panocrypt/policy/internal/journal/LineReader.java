package io.panocrypt.policy.internal.journal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads lines from any position; holds one buffer and one line. Not thread-safe. */
public final class LineReader implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;
    /** Far more than the longest entry. */
    private static final int MAX = 16 * 1024 * 1024;

    private final ByteSource source;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
    /** The file position of the buffer's end, in bytes. */
    private long end;

    /** @param source is closed with this */
    public LineReader(ByteSource source) {
        this.source = source;
    }

    /** The byte position of the next line. */
    public long position() {
        return end - buffer.remaining();
    }

    /** Moves to the beginning of a line. */
    public void seek(long position) {
        end = position;
        buffer.limit(0);
    }

    /** The next line without its terminator; empty at the end of the file. */
    public Optional<String> next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean any = false;
        while (buffer.hasRemaining() || fill()) {
            any = true;
            int length = 0;
            while (length < buffer.remaining() && buffer.get(buffer.position() + length) != '\n') {
                length++;
            }
            if (line.size() + length > MAX) {
                throw new IOException("a line is longer than " + MAX + " bytes");
            }
            line.write(buffer.array(), buffer.position(), length);
            buffer.position(buffer.position() + length);
            if (buffer.hasRemaining()) {
                buffer.get();
                return Optional.of(line.toString(StandardCharsets.UTF_8));
            }
        }
        return any ? Optional.of(line.toString(StandardCharsets.UTF_8)) : Optional.empty();
    }

    private boolean fill() throws IOException {
        int read = source.read(buffer.clear(), end);
        buffer.flip();
        if (read > 0) {
            end += read;
        }
        return read > 0;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
