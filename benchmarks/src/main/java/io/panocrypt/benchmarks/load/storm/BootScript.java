package io.panocrypt.benchmarks.load.storm;

import java.time.Duration;

/**
 * How a stock client retries after an answer without a key. It retries without limit, whatever the answer was (Debian
 * 12, Clevis 19).
 */
enum BootScript {
    /** Debian's initramfs: sleeps 5.7 s in total, plus its own work. */
    INITRAMFS(Duration.ofMillis(5_850)),
    /** {@code clevis-luks-askpass -l} under systemd and dracut: sleeps 0.5 s, plus its own work. */
    SYSTEMD(Duration.ofMillis(800));

    private final Duration pause;

    BootScript(Duration pause) {
        this.pause = pause;
    }

    /** The time from an answer to the next request. */
    Duration pause() {
        return pause;
    }
}
