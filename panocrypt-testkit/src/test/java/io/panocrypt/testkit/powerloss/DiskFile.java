package io.panocrypt.testkit.powerloss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A file's content on the disk: the synced part, and later changes, any of which a power cut may lose. */
final class DiskFile {
    /** A write of these bytes at the offset, or a truncation of the file there. */
    private record Change(long offset, byte[] bytes, boolean cuts) {}

    private byte[] synced;
    private final List<Change> pending = new ArrayList<>();

    DiskFile(byte[] synced) {
        this.synced = synced.clone();
    }

    void write(long offset, byte[] bytes) {
        pending.add(new Change(offset, bytes, false));
    }

    void cut(long length) {
        pending.add(new Change(length, new byte[0], true));
    }

    /** The number of unsynced changes. */
    int pending() {
        return pending.size();
    }

    /** Marks the oldest changes as synced. */
    void sync(int changes) {
        List<Change> done = pending.subList(0, changes);
        for (Change change : done) {
            synced = change.cuts ? cutAt(synced, change) : written(synced, change.offset, change.bytes);
        }
        done.clear();
    }

    byte[] synced() {
        return synced.clone();
    }

    /**
     * The content after a power cut: each sector of an unsynced change reached the disk with the given probability, in
     * any order. Where the file grew without its data, the content is random.
     */
    byte[] torn(Random random, double probability, int sector) {
        byte[] content = synced.clone();
        for (Change change : pending) {
            if (change.cuts) {
                content = random.nextDouble() < probability ? cutAt(content, change) : content;
                continue;
            }
            int from = 0;
            while (from < change.bytes.length) {
                long offset = change.offset + from;
                int to = (int) Math.min(change.bytes.length, from + sector - offset % sector);
                if (random.nextDouble() < probability) {
                    content = written(content, offset, Arrays.copyOfRange(change.bytes, from, to));
                } else if (offset >= content.length && random.nextDouble() < probability) {
                    byte[] rubbish = new byte[to - from];
                    random.nextBytes(rubbish);
                    content = written(content, offset, rubbish);
                }
                from = to;
            }
        }
        return content;
    }

    private static byte[] cutAt(byte[] content, Change change) {
        return Arrays.copyOf(content, Math.toIntExact(change.offset));
    }

    private static byte[] written(byte[] content, long offset, byte[] bytes) {
        int from = Math.toIntExact(offset);
        byte[] grown = from + bytes.length > content.length ? Arrays.copyOf(content, from + bytes.length) : content;
        System.arraycopy(bytes, 0, grown, from, bytes.length);
        return grown;
    }
}
