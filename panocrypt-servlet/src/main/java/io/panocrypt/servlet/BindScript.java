package io.panocrypt.servlet;

import java.util.List;

/**
 * A script that binds a machine's volumes, alone or as part of an installation; it holds the signed advertisement, so that
 * nothing is trusted on first use and no server is asked.
 *
 * @param device the device's name
 * @param url its unlock URL
 * @param thumbprint of its signing key
 * @param advertisement signed by that key, JSON
 * @param warnings to be said when it runs
 */
record BindScript(String device, String url, String thumbprint, String advertisement, List<String> warnings) {
    private static final String PATH = "/usr/local/sbin/panocrypt-bind";
    private static final String PASSPHRASE_FILE = "/root/luks-passphrase";
    /**
     * Fails where binding fails. The names of block devices have no blanks; dracut takes Clevis into the initramfs only
     * once a volume is bound.
     */
    private static final String BIND_ALL = """
            PANOCRYPT_PASSPHRASE_FILE=%s %s $(blkid -t TYPE=crypto_LUKS -o device) &&
                if command -v dracut > /dev/null; then dracut -f --regenerate-all; fi
            """.formatted(PASSPHRASE_FILE, PATH);

    private static final String USAGE = """
            #
            #     sh FILE VOLUME...
            #
            # Asks for a passphrase of each volume, or takes it from the file that PANOCRYPT_PASSPHRASE_FILE names. A volume
            # that is bound already is left alone. The URL in here is an address and no secret.
            set -eu
            if [ "$#" -eq 0 ]; then
                echo "usage: sh $0 VOLUME..." >&2
                exit 2
            fi
            """;
    private static final String LOOP = """
            for volume in "$@"; do
                if clevis luks list -d "$volume" | grep -qF -- "$url"; then
                    echo "$volume is bound already" >&2
                elif [ -n "${PANOCRYPT_PASSPHRASE_FILE:-}" ]; then
                    clevis luks bind -f -k "$PANOCRYPT_PASSPHRASE_FILE" -d "$volume" tang "$config"
                else
                    clevis luks bind -f -d "$volume" tang "$config"
                fi
            done
            """;

    /** The script itself. */
    String shell() {
        String config = "{\"url\":\"" + url + "\",\"thp\":\"" + thumbprint + "\",\"adv\":" + advertisement + "}";
        StringBuilder script = new StringBuilder("#!/bin/sh\n");
        script.append("# Binds LUKS volumes of this machine to the Panocrypt device ")
                .append(device)
                .append(":\n");
        script.append(USAGE);
        script.append("url=").append(quoted(url)).append('\n');
        script.append("config=").append(quoted(config)).append('\n');
        warnings.forEach(warning ->
                script.append("echo ").append(quoted("warning: " + warning)).append(" >&2\n"));
        return script.append(LOOP).toString();
    }

    /** The script as user data for cloud-init, which runs it on every LUKS volume. */
    String cloudConfig() {
        return """
                #cloud-config
                # Binds every LUKS volume at the first boot. Put a passphrase that opens them into FILE first, and the package
                # that takes clevis into the initramfs (clevis-initramfs or clevis-dracut) into packages.
                packages: [clevis, clevis-luks]
                write_files:
                  - path: PATH
                    permissions: '0700'
                    content: |
                """.replace("FILE", PASSPHRASE_FILE).replace("PATH", PATH)
                + indented(shell())
                + "runcmd:\n  - |\n"
                + indented(BIND_ALL);
    }

    /** The script in a Kickstart section, which runs it on every LUKS volume. */
    String kickstart() {
        return """
                # Binds every LUKS volume. Put a passphrase that opens them into FILE first, in a %post section before this one,
                # and clevis-luks and clevis-dracut into %packages.
                %post --erroronfail
                cat > PATH << 'END-OF-SCRIPT'
                """.replace("FILE", PASSPHRASE_FILE).replace("PATH", PATH)
                + shell()
                + "END-OF-SCRIPT\nchmod 700 " + PATH + "\n"
                + BIND_ALL + "%end\n";
    }

    private static String indented(String text) {
        return text.replaceAll("(?m)^(?=.)", "      ");
    }

    /** One word of POSIX shell (2.2.2), whatever is in it. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
