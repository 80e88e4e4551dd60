package io.panocrypt.standalone.demo;

import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.servlet.SourceAddress;
import io.panocrypt.standalone.common.HostAndPort;
import io.panocrypt.standalone.common.Logging;
import io.panocrypt.standalone.storage.DataDirectory;
import io.panocrypt.standalone.storage.Service;
import io.panocrypt.standalone.storage.Storage;
import io.panocrypt.standalone.web.WebServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the main use: a server on a free port, a disk bound to it, and the effect of policy. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Binds a disk to a server of its own and shows what policy does to it.")
public final class DemoCommand implements Callable<Integer> {
    /** The timeout of one call. Long, so a busy machine makes the demo slow instead of failing. */
    private static final Duration STORE_TIMEOUT = Duration.ofMinutes(2);

    @Option(names = "--no-clevis", description = "Use the Java client half even where clevis is installed.")
    private boolean withoutClevis;

    private boolean asExpected = true;

    @Override
    public Integer call() throws IOException, GeneralSecurityException, InterruptedException {
        Logging.quiet();
        Path directory = Files.createTempDirectory("panocrypt-demo");
        WebServer server = WebServer.bind(
                new WebServer.Listeners(new HostAndPort("127.0.0.1", 0), Optional.empty(), Optional.empty()));
        DataDirectory files = new DataDirectory(directory.resolve("data"), directory.resolve("master-key"));
        try (Service service = Service.open(Storage.local(files).with(STORE_TIMEOUT), URI.create(server.url()))) {
            server.start(service.panocrypt(), SourceAddress.ofPeer());
            DemoDisk disk = withoutClevis || !ClevisDisk.isPossible() ? new JavaDisk() : new ClevisDisk(directory);
            show(service.panocrypt(), server.url(), disk);
        } finally {
            server.close();
            delete(directory);
        }
        return asExpected ? 0 : 1;
    }

    private void show(Panocrypt panocrypt, String url, DemoDisk disk)
            throws IOException, GeneralSecurityException, InterruptedException {
        Actor operator = Actor.HOST;
        System.out.println("A server listens on " + url + ", with its state in an embedded store.");
        System.out.println("The machine: " + disk.description() + ".");
        System.out.println();

        Device device = panocrypt
                .devices()
                .create(operator, DeviceChange.none().withName("demo").withSources("127.0.0.1"));
        String id = device.id();
        System.out.println("An operator enrols \"demo\", which may ask from 127.0.0.1. To bind its disk:");
        System.out.println("    " + panocrypt.devices().bindCommand(device).orElseThrow());
        disk.bind(
                panocrypt.devices().unlockUrl(device),
                panocrypt.devices().thumbprint(device).orElseThrow());
        System.out.println();
        System.out.println("  bound                   the disk holds the server's public key and its URL");
        step(disk, true, "the device is active, and asks from its own address");

        panocrypt.devices().disable(operator, id);
        step(disk, false, "the operator has disabled the device");
        Device enabled = panocrypt.devices().enable(operator, id);

        panocrypt
                .devices()
                .edit(operator, id, enabled.version(), DeviceChange.none().withSources("203.0.113.0/24"), false);
        step(disk, false, "it asks from 127.0.0.1, and not from 203.0.113.0/24");

        panocrypt
                .allowances()
                .grant(
                        operator,
                        id,
                        AllowanceRequest.defaults()
                                .withUses(1)
                                .withSource("127.0.0.1")
                                .withSkips(AllowanceSkip.SOURCE));
        step(disk, true, "the operator has allowed one answer to 127.0.0.1");
        step(disk, false, "that one answer is used up");
        approve(panocrypt, operator, id, disk);

        System.out.println();
        System.out.println("The history says why, oldest first:");
        List<UnlockRecord> rows =
                new ArrayList<>(panocrypt.history().unlocks(id, null, 100).items());
        Collections.reverse(rows);
        for (UnlockRecord row : rows) {
            System.out.printf(
                    "  %s  %-7s  %-18s  from %s%n",
                    row.time(),
                    row.outcome().wireName(),
                    row.reason().wireName(),
                    row.source().map(Object::toString).orElse("unknown"));
        }
        Verification verification = panocrypt.history().verify();
        System.out.println("Its hash chain of " + verification.rows() + " rows is "
                + (verification.intact() ? "intact." : "BROKEN."));
        asExpected &= verification.intact();
    }

    /** The part of the demo in which a person decides. */
    private void approve(Panocrypt panocrypt, Actor operator, String id, DemoDisk disk)
            throws IOException, GeneralSecurityException, InterruptedException {
        Member approver = panocrypt
                .members()
                .create(operator, new MemberChange("alice", Role.APPROVER, null), null)
                .member();
        panocrypt
                .approvalGroups()
                .create(operator, new ApprovalGroups.Change("on-call", Set.of("prod"), Set.of(approver.id()), 1));
        Device device = panocrypt.devices().get(id);
        DeviceChange covered = DeviceChange.none().withSources("127.0.0.1").withTags("prod");
        panocrypt.devices().edit(operator, id, device.version(), covered, false);
        step(disk, false, "its address is right, but now \"alice\" must approve");

        ApprovalRequest request = panocrypt
                .approvals()
                .list(ApprovalRequest.State.PENDING, null, 1)
                .items()
                .get(0);
        panocrypt.approvals().approve(approver, request.id(), "expected reboot", List.of());
        step(disk, true, "\"alice\" has approved");
        step(disk, false, "that approval is collected; the next boot waits again");
    }

    private void step(DemoDisk disk, boolean expected, String why)
            throws IOException, GeneralSecurityException, InterruptedException {
        boolean opens = disk.opens();
        asExpected &= opens == expected;
        System.out.printf(
                "  %-22s  %s%s%n",
                opens ? "unlocked" : "refused", why, opens == expected ? "" : "  <- NOT AS EXPECTED");
    }

    private static void delete(Path directory) throws IOException {
        List<Path> doomed;
        try (Stream<Path> all = Files.walk(directory)) {
            doomed = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : doomed) {
            Files.delete(path);
        }
    }
}
