package io.panocrypt.servlet.internal.enroll;

import java.util.List;

/**
 * A script that binds a machine's volumes, on its own or as part of an installation. It contains the signed
 * advertisement: it trusts nothing on first use and asks no server.
 *
 * @param device the device's name
 * @param url its unlock URL
 * @param thumbprint of its signing key
 * @param advertisement signed by that key, JSON
 * @param warnings printed when it runs
 */
public record BindScript(String device, String url, String thumbprint, String advertisement, List<String> warnings) {
    private static final String PATH = "/usr/local/sbin/panocrypt-bind";
    private static final String PASSPHRASE_FILE = "/root/luks-passphrase";
    /**
     * Fails if binding fails, but only after dracut has put Clevis into the initramfs for the volumes that are bound;
     * dracut does so only if a volume is bound. Does not exit the shell, since other commands of cloud-init may follow.
     * The names of block devices contain no blanks.
     */
    private static final String BIND_ALL = """
            status=0
            PANOCRYPT_PASSPHRASE_FILE=%s %s $(blkid -t TYPE=crypto_LUKS -o device) || status=1
            if command -v dracut > /dev/null; then dracut -f --regenerate-all || status=1; fi
            [ "$status" -eq 0 ]
            """.formatted(PASSPHRASE_FILE, PATH);

    private static final String USAGE = """
            #
            #     sh FILE VOLUME...
            #
            # Asks for a passphrase of each volume, or takes it from the file that PANOCRYPT_PASSPHRASE_FILE names: the whole
            # file if that opens the volume, else its first line, as cryptsetup does. A volume that is bound already is left
            # alone, and one that cannot be bound does not keep the others from it. The URL in here is an address and no secret.
            set -eu
            if [ "$#" -eq 0 ]; then
                echo "usage: sh $0 VOLUME... (no volume was named, or none was found)" >&2
                exit 2
            fi
            """;
    private static final String LOOP = """
            say() { printf '%s\\n' "$1" >&2; }
            file=${PANOCRYPT_PASSPHRASE_FILE:-}
            case $file in -*) file=./$file ;; esac
            if [ -n "$file" ] && [ ! -r "$file" ]; then
                say "cannot read the passphrase file $file"
                exit 1
            fi
            # The passphrase goes through pipes only: a command line can be read by every process.
            whole_file() { cat "$file"; }
            first_line() { head -n 1 "$file" | tr -d '\\n'; }
            first_line_without_return() { head -n 1 "$file" | tr -d '\\r\\n'; }
            opens() { "$1" | cryptsetup open --test-passphrase --key-file - "$volume" 2> /dev/null; }
            bind_volume() { clevis luks bind -f "$@" -d "$volume" tang "$config"; }
            bind_from_file() {
                if opens whole_file; then
                    bind_volume -k "$file"
                elif opens first_line; then
                    first_line | bind_volume -k -
                elif opens first_line_without_return; then
                    first_line_without_return | bind_volume -k -
                else
                    say "$volume: it is no LUKS volume, or the passphrase in $file does not open it"
                    return 1
                fi
            }
            failed=0
            for volume in "$@"; do
                case $volume in -*) volume=./$volume ;; esac
                if clevis luks list -d "$volume" 2> /dev/null | grep -qF -- "\\"$url\\""; then
                    say "$volume is bound already"
                elif if [ -n "$file" ]; then bind_from_file; else bind_volume; fi; then
                    say "$volume is bound"
                else
                    say "$volume is NOT bound"
                    failed=$((failed + 1))
                fi
            done
            if [ "$failed" -gt 0 ]; then
                say "$failed of $# volumes are not bound; run this again for them; it skips the others"
                exit 1
            fi
            """;

    /** The script as a file for {@code sh}, which takes the volumes as arguments. */
    public String shell() {
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
    public String cloudConfig() {
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
    public String kickstart() {
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

    /** Quotes any text as one word of POSIX shell (2.2.2). */
    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
