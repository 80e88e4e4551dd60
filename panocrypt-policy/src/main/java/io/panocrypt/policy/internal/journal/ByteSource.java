package io.panocrypt.policy.internal.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Bytes that can be read from any position: a file, or what is sealed in one. */
public interface ByteSource extends Closeable {
    /** Reads some bytes from that position; not more than 0 at the end. */
    int read(ByteBuffer buffer, long position) throws IOException;

    /** The bytes of a file. */
    static ByteSource of(Path path) throws IOException {
        FileChannel file = FileChannel.open(path);
        return new ByteSource() {
            @Override
            public int read(ByteBuffer buffer, long position) throws IOException {
                return file.read(buffer, position);
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }
}
