package io.panocrypt.policy.internal.edit;

import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.net.Cidr;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The rules for names, tags and sources, and the warnings for operators. */
public final class Validation {
    /** The maximum of uses of one grant, and of volumes of a device. */
    public static final int MAX_USES = 32;

    public static final String NO_SOURCES = "no sources: nothing unlocks this device until it has some";

    private static final int MAX_NOTES = 4096;
    /** Characters of an input that an error message quotes. */
    private static final int MAX_TAGS = 64;

    private static final int MAX_LISTS = 64;
    public static final int MAX_CIDRS = 256;
    /** Never begins with a dot or a hyphen, so that a program does not take a name for a path or an option. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");

    private static final Pattern TAG = Pattern.compile("[a-z0-9._/-]{1,63}(=[a-z0-9._/:@-]{0,127})?");
    private static final Pattern IPV4_HOST = Pattern.compile("[0-9.]+");

    private Validation() {}

    /** @param before the device until now; values that an older version accepted stay valid while they do not change */
    static void check(Device before, Device device) {
        List<String> problems = new ArrayList<>();
        checkName(before.name(), device.name(), problems);
        if (device.volumes() < 1 || device.volumes() > MAX_USES) {
            problems.add("volumes must be 1 to " + MAX_USES);
        }
        if (device.notes().length() > MAX_NOTES) {
            problems.add("notes are at most " + MAX_NOTES + " characters");
        }
        checkTags(device.tags(), problems);
        if (device.sources().size() > MAX_CIDRS) {
            problems.add("at most " + MAX_CIDRS + " sources");
        }
        if (device.networkAccessLists().size() > MAX_LISTS) {
            problems.add("at most " + MAX_LISTS + " network access lists");
        }
        SourcePolicy sources = SourcePolicy.of(device);
        if (!sources.equals(SourcePolicy.of(before))) {
            checkOpen(sources.unacknowledged(List.of()), problems);
        }
        refuse(problems);
    }

    /** @param before the name until now; empty for a new object */
    public static void checkName(String before, String name, List<String> problems) {
        if (!name.equals(before) && !NAME.matcher(name).matches()) {
            problems.add("name must be 1 to 63 of [a-z0-9.-] and begin with a letter or a digit");
        } else if (name.isEmpty()) {
            problems.add("name is needed");
        }
    }

    public static void checkTags(Collection<String> tags, List<String> problems) {
        if (tags.size() > MAX_TAGS) {
            problems.add("at most " + MAX_TAGS + " tags");
        }
        tags.stream()
                .filter(tag -> !TAG.matcher(tag).matches())
                .forEach(tag -> problems.add("a tag is key=value or a bare word of [a-z0-9._/-], which "
                        + OperationException.quoted(tag) + " is not"));
    }

    public static void checkOpen(Collection<Cidr> cidrs, List<String> problems) {
        String remedy = ": set requireApproval on the device, or acknowledgeOpen where the block is configured";
        List<Cidr> open = cidrs.stream().filter(Cidr::isOpen).toList();
        open.forEach(cidr -> problems.add(cidr + " is open to nearly everybody" + remedy));
        if (open.isEmpty() && SourceWidth.of(cidrs).isOpen()) {
            problems.add("the blocks together are wider than one /8 (IPv4) or /16 (IPv6), so open to nearly everybody"
                    + remedy);
        }
    }

    /** Converts tags to lower case, their canonical form; ASCII only, since other letters may map to ASCII. */
    public static SortedSet<String> normalisedTags(Collection<String> tags) {
        SortedSet<String> normalised = new TreeSet<>();
        tags.forEach(tag -> normalised.add(isAscii(tag) ? tag.toLowerCase(Locale.ROOT) : tag));
        return normalised;
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }

    public static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new OperationException(OperationException.Kind.INVALID, problems);
        }
    }

    /**
     * Warnings about accepted values that deserve a second look.
     *
     * @param listed the blocks of the device's network access lists
     * @param approvalNeeded whether a person must approve, by the device's own setting or by a group
     */
    public static List<String> warnings(Device device, Collection<Cidr> listed, boolean approvalNeeded, URI publicUrl) {
        List<String> warnings = new ArrayList<>();
        if (device.state() == DeviceState.REVOKED) {
            return warnings;
        }
        if (device.state() == DeviceState.PENDING) {
            warnings.add("waits for an operator's confirmation: nothing unlocks this device until then");
        }
        List<Cidr> all = new ArrayList<>(listed);
        device.sources().forEach(rule -> all.add(rule.cidr()));
        if (all.isEmpty()) {
            warnings.add(NO_SOURCES);
        }
        if (!approvalNeeded) {
            SourceWidth.of(all).wide().forEach(wide -> warnings.add(wide + " is wide, and no approval is required"));
        }
        if ("https".equals(publicUrl.getScheme())) {
            warnings.add("Debian 12's initramfs has no CA store: a root disk there cannot use an https URL");
        }
        String host = publicUrl.getHost();
        if (!host.startsWith("[") && !IPV4_HOST.matcher(host).matches()) {
            warnings.add("Debian 12's initramfs resolves no names: a root disk there needs an IP address in the URL");
        }
        return warnings;
    }
}
