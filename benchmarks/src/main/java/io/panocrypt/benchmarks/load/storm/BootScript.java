package io.panocrypt.benchmarks.load.storm;

import java.time.Duration;

/** How a stock client goes on after an answer that is no key: for ever, whatever the answer was (Debian 12, Clevis 19). */
enum BootScript {
    /** In Debian's initramfs: 5.7 s of sleeps, and its work. */
    INITRAMFS(Duration.ofMillis(5_850)),
    /** {@code clevis-luks-askpass -l} under systemd and dracut: half a second, and its work. */
    SYSTEMD(Duration.ofMillis(800));

    private final Duration pause;

    BootScript(Duration pause) {
        this.pause = pause;
    }

    /** From an answer to the next request. */
    Duration pause() {
        return pause;
    }
}
